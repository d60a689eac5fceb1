import { Button, Field, Label, Paragraph, Select, Textfield } from '@digdir/designsystemet-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Purpose } from '../../api/client';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/provider';
import { PURPOSES } from '../../messages/roles';
import { Page } from '../page';
import { Problem } from '../query-boundary';

/** A recorded access to a provider, which later calls name. */
export interface Opening {
  readonly opening: string;
  readonly ownCase: boolean;
}

/** Asks for the purpose before anything about the provider is shown. */
export function OpenProvider({
  provider,
  purposes,
  done,
}: {
  provider: string;
  purposes: readonly Purpose[];
  done: (opening: Opening) => void;
}) {
  const t = useMessages(MESSAGES);
  const purposeNames = useMessages(PURPOSES);
  const [purpose, setPurpose] = useState<Purpose | ''>('');
  const [caseNo, setCaseNo] = useState('');
  const open = useMutation({
    mutationFn: (chosen: Purpose) =>
      answer(
        api.POST('/v1/providers/{provider}/openings', {
          params: { path: { provider } },
          body: { purpose: chosen, ...(caseNo.trim() ? { caseNo: caseNo.trim() } : {}) },
        }),
      ),
    onSuccess: done,
  });
  return (
    <Page title={`${t.title} ${provider}`}>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (purpose) open.mutate(purpose);
        }}
      >
        <Paragraph>{t.openLead}</Paragraph>
        <Field>
          <Label>{t.purpose}</Label>
          <Select required value={purpose} onChange={(event) => setPurpose(event.target.value as Purpose)}>
            <Select.Option value="" disabled>
              –
            </Select.Option>
            {purposes.map((code) => (
              <Select.Option key={code} value={code}>
                {purposeNames[code]}
              </Select.Option>
            ))}
          </Select>
        </Field>
        <Textfield label={t.case} value={caseNo} onChange={(event) => setCaseNo(event.target.value)} />
        {open.isError ? <Problem error={open.error} /> : null}
        <div>
          <Button type="submit" disabled={!purpose || open.isPending}>
            {t.open}
          </Button>
        </div>
      </form>
    </Page>
  );
}
