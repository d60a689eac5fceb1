import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { invalid } from '../../domain/errors';

/** Something that waits for people. It names ids and instants, never persons or reasons. */
export interface Notice {
  readonly kind: 'decision-waiting' | 'decision-reminder';
  /** Who should see it. */
  readonly role: string;
  readonly subject: string;
  readonly text: string;
}

/** Tells people; telling the same twice is telling once where the way there allows it. */
export interface Notifier {
  tell(notice: Notice, at: Date): Promise<void>;
}

const keyOf = (notice: Notice): string =>
  createHash('sha256').update(JSON.stringify(notice)).digest('hex').slice(0, 24);

const log: Notifier = {
  tell: ({ kind, role, subject }) => {
    process.stdout.write(`notice to ${role}: ${subject} (${kind})\n`);
    return Promise.resolve();
  },
};

/** One message a file (RFC 5322), for a mail server that picks files up. */
const mailTo = (dir: string, address: string): Notifier => ({
  tell: (notice, at) => {
    fs.mkdirSync(dir, { recursive: true });
    const key = keyOf(notice);
    const lines = [
      `Date: ${at.toUTCString()}`,
      `From: utplukk@localhost`,
      `To: ${address}`,
      `Subject: ${notice.subject}`,
      `Message-ID: <${key}@utplukk>`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      notice.text,
      '',
    ];
    const part = path.join(dir, `.${key}.part`);
    fs.writeFileSync(part, lines.join('\r\n'));
    fs.renameSync(part, path.join(dir, `${key}.eml`));
    return Promise.resolve();
  },
});

const webhook = (url: string): Notifier => ({
  async tell(notice) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': keyOf(notice) },
      body: JSON.stringify(notice),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status} to a notice`);
  },
});

/**
 * Ways to tell people, from a setting such as `log,mail:/var/mail/utplukk,webhook:https://…`.
 * @throws UtplukkError InvalidInput naming a way that there is not
 */
export function notifierFrom(setting: string, approvers = 'approvers@localhost'): Notifier {
  const ways = setting.split(',').map((text): Notifier => {
    const [way, ...rest] = text.trim().split(':');
    const where = rest.join(':');
    if (way === 'log' && where === '') return log;
    if (way === 'mail' && where !== '') return mailTo(where, approvers);
    if (way === 'webhook' && /^https?:\/\//.test(where)) return webhook(where);
    throw invalid(
      `UTPLUKK_NOTIFY: "${text}" is no way to tell people`,
      'Expected log, mail:<folder> or webhook:<url>, joined by commas.',
    );
  });
  return { tell: async (notice, at) => void (await Promise.all(ways.map((way) => way.tell(notice, at)))) };
}
