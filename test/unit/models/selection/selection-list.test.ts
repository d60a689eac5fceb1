import { mergeShards, policyOf, selectionList } from '../../../../models/selection/selection-list';

test('a list is ordered by score or by expected amount, as its version says, and shows both', () => {
  const shards = [
    {
      entities: ['P3', 'P1'],
      groups: ['LE', 'LE'],
      scores: [0, 2],
      amountNok: [900_000, 1000],
      outOfDistribution: [false, false],
    },
    { entities: ['P2'], groups: ['FT'], scores: [1], amountNok: [2000], outOfDistribution: [true] },
  ];
  const scores = mergeShards({ kind: 'platt', a: 1, b: 0 }, shards);
  const draw = { scoringId: 's', capacity: 1, seed: 1 };
  const byScore = selectionList(scores, { ...draw, policy: policyOf({}) });
  const byAmount = selectionList(scores, { ...draw, policy: policyOf({ ranking: 'expected-amount' }) });
  expect(byScore.lines.map(({ entity }) => entity)).toEqual(['P1', 'P2', 'P3']);
  expect(byAmount.lines.map(({ entity }) => entity)).toEqual(['P3', 'P2', 'P1']);
  expect(byAmount.lines[0]).toMatchObject({
    score: 0,
    probability: 0.5,
    expectedOre: 45_000_000,
    outOfDistribution: false,
    selected: true,
  });
  expect(byAmount.lines[1]).toMatchObject({ entity: 'P2', outOfDistribution: true });
  // A version without an amount model and without training ranges shows neither.
  const plain = selectionList(
    mergeShards(
      scores.calibrator,
      shards.map(({ amountNok: _, outOfDistribution: __, ...shard }) => shard),
    ),
    { ...draw, policy: policyOf({}) },
  );
  expect(JSON.stringify(plain.document)).not.toMatch(/expected|amount|outOfDistribution/);
});
