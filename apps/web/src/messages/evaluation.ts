export const MESSAGES = {
  nb: {
    overall: 'Samlet',
    family: 'Modell eller sammenligningsgrunnlag',
    n: 'Kjente utfall',
    none: 'Evalueringen har ingen rader.',
    curve: 'Presisjon langs listen',
    curveLead: 'Andel med funn blant de k første. Båndet er et 95 %-intervall.',
    k: 'k, listens lengde',
    precision: 'Presisjon',
    amount: 'Beløp som sto seg',
    slices: 'Etter gruppe, periode og grunnlag for saken',
    slice: 'Rader',
    period: 'periode',
    openedOn: 'grunnlag for saken:',
    pairs: 'Parvise forskjeller',
    pairsLead:
      'Samme rader og samme trekninger: forskjellen i gjennomsnittlig presisjon mot hvert sammenligningsgrunnlag, ' +
      'med intervall. Inneholder intervallet null, er ingen forskjell vist.',
    against: 'mot',
    difference: 'Forskjell',
    fairness: 'Fordeling mellom grupper',
    fairnessLead:
      'Gruppens andel av listen mot andelen av radene, og hvor stor del av gruppen på listen som ga kontroller uten ' +
      'funn. Små grupper er med, merket.',
    group: 'Gruppe',
    shareRows: 'Andel av radene',
    shareList: 'Andel av listen',
    falseDiscoveryRate: 'Kontroller uten funn',
    lowSupport: 'få rader',
    calibration: 'Kalibrering',
    calibrationLead: 'Forventet sannsynlighet mot andelen med funn. På linjen stemmer de.',
    predicted: 'Forventet sannsynlighet',
    found: 'Andel med funn',
    ideal: 'stemmer',
    rankNormalized: 'Sannsynligheten følger av skårens plass blant alle aktive helseaktører, ikke av skåren selv.',
    top: 'Øverst på listen',
    calibrator: 'Kalibrert med',
    calibrators: { platt: 'Platts metode', isotonic: 'isoton regresjon' },
    predictedLoss: (own: string, refitted: string) =>
      `Logaritmisk tap for sannsynlighetene versjonen ga: ${own}; kalibrert på nytt ville det vært ${refitted}.`,
    offset: (sources: string, n: string, times: string) =>
      `Kontrollsaker med grunnlag ${sources} (${n}) hadde ${times} ganger oddsen for funn ved samme skår, fordi de ` +
      'bygger på mer enn variablene viser. Tallene over regner med det; sannsynligheter på lister er for ' +
      'helseaktører uten.',
    offsetLeftOut: (sources: string, n: string, times: string) =>
      `Kontrollsaker med grunnlag ${sources} (${n}) hadde ${times} ganger oddsen for funn ved samme skår. De er ` +
      'holdt utenfor her, fordi sannsynlighetene til versjonen er for helseaktører uten et slikt grunnlag.',
    eachModel: 'Hver modell for seg',
    eachModelLead:
      'Mot hvert sammenligningsgrunnlag, etter gruppe og periode, kalibrering og fordeling mellom grupper.',
  },
  en: {
    overall: 'Overall',
    family: 'Model or baseline',
    n: 'Known outcomes',
    none: 'The evaluation has no rows.',
    curve: 'Precision along the list',
    curveLead: 'Share with a finding among the first k. The band is 95 %.',
    k: 'k, length of the list',
    precision: 'Precision',
    amount: 'Amount upheld',
    slices: 'By group, period and case source',
    slice: 'Rows',
    period: 'period',
    openedOn: 'case source:',
    pairs: 'Pairwise differences',
    pairsLead:
      'Same rows, same bootstrap draws: the difference in average precision against each baseline, with its ' +
      'interval. Where the interval contains zero, no difference has been shown.',
    against: 'against',
    difference: 'Difference',
    fairness: 'Fairness between groups',
    fairnessLead:
      "The group's share of the list against its share of the rows, and its false discovery rate: the share of the " +
      'group on the list without a finding. Small groups are included and marked.',
    group: 'Group',
    shareRows: 'Share of rows',
    shareList: 'Share of list',
    falseDiscoveryRate: 'False discovery rate',
    lowSupport: 'low support',
    calibration: 'Calibration',
    calibrationLead: 'Predicted probability against the share with a finding. On the line they agree.',
    predicted: 'Predicted probability',
    found: 'Share with a finding',
    ideal: 'agree',
    rankNormalized: 'Probabilities follow from the rank of the score among all active providers, not from the score.',
    top: 'Top of the list',
    calibrator: 'Calibrated by',
    calibrators: { platt: "Platt's method", isotonic: 'isotonic regression' },
    predictedLoss: (own: string, refitted: string) =>
      `Log loss of the predicted probabilities: ${own}; with calibration refitted it would have been ${refitted}.`,
    offset: (sources: string, n: string, times: string) =>
      `Control cases opened on ${sources} (${n}) had ${times} times the odds of a finding at the same score, because ` +
      'they rest on more than the features show. The figures above count it in; probabilities on lists are for ' +
      'providers without it.',
    offsetLeftOut: (sources: string, n: string, times: string) =>
      `Control cases opened on ${sources} (${n}) had ${times} times the odds of a finding at the same score. They ` +
      "are left out here, because the version's probabilities are for providers without such a source.",
    eachModel: 'Each model by itself',
    eachModelLead: 'Against each baseline, by group and period, calibration, and fairness between groups.',
  },
};
