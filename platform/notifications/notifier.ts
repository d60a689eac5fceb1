import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { invalid } from '../../domain/errors';

/** A notification that something waits for people. It contains ids and instants, never names or reasons. */
export interface Notification {
  readonly kind: 'decision-waiting' | 'decision-reminder';
  /** Role of the recipients. */
  readonly role: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends notifications. Where the channel allows it, sending the same one again has no effect. */
export interface Notifier {
  send(notification: Notification, at: Date): Promise<void>;
}

const keyOf = (notification: Notification): string =>
  createHash('sha256').update(JSON.stringify(notification)).digest('hex').slice(0, 24);

const log: Notifier = {
  send: ({ kind, role, subject }) => {
    process.stdout.write(`notification to ${role}: ${subject} (${kind})\n`);
    return Promise.resolve();
  },
};

/** Writes each message to a file (RFC 5322), for a mail server that picks files up. */
const mailTo = (dir: string, address: string): Notifier => ({
  send: (notification, at) => {
    fs.mkdirSync(dir, { recursive: true });
    const key = keyOf(notification);
    const lines = [
      `Date: ${at.toUTCString()}`,
      `From: utplukk@localhost`,
      `To: ${address}`,
      `Subject: ${notification.subject}`,
      `Message-ID: <${key}@utplukk>`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      notification.text,
      '',
    ];
    const unfinished = path.join(dir, `.${key}.part`);
    fs.writeFileSync(unfinished, lines.join('\r\n'));
    fs.renameSync(unfinished, path.join(dir, `${key}.eml`));
    return Promise.resolve();
  },
});

const webhook = (url: string): Notifier => ({
  async send(notification) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': keyOf(notification) },
      body: JSON.stringify(notification),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status} to a notification`);
  },
});

/**
 * The notifier of a setting such as `log,mail:/var/mail/utplukk,webhook:https://…`.
 * @throws UtplukkError InvalidInput for an unknown channel
 */
export function notifierFrom(setting: string, approvers = 'approvers@localhost'): Notifier {
  const channels = setting.split(',').map((text): Notifier => {
    const [channel, ...rest] = text.trim().split(':');
    const target = rest.join(':');
    if (channel === 'log' && target === '') return log;
    if (channel === 'mail' && target !== '') return mailTo(target, approvers);
    if (channel === 'webhook' && /^https?:\/\//.test(target)) return webhook(target);
    throw invalid(
      `UTPLUKK_NOTIFY: "${text}" is not a notification channel`,
      'Expected log, mail:<folder> or webhook:<url>, joined by commas.',
    );
  });
  return {
    send: async (notification, at) =>
      void (await Promise.all(channels.map((channel) => channel.send(notification, at)))),
  };
}
