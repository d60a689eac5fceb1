import { spawn } from 'node:child_process';
import path from 'node:path';
import { ROOT } from '../../platform/config/env';
import { asVariables } from '../support/environment';
import { until } from '../support/until';
import type { Story } from './story';

/** The command line signs in with a browser, perhaps on another machine. */
export function terminalJourney(story: () => Story): void {
  test('a terminal signs in with a browser, and confirms an action there', async () => {
    const { page } = await story().stranger();
    const { product, dir, versionId } = story();
    const inTerminal = async (...args: string[]) => {
      const child = spawn(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args, '--json'], {
        env: { ...process.env, ...asVariables(product.env), UTPLUKK_SESSION: path.join(dir, 'device.json') },
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const url = await until('the address to open', () => Promise.resolve(/Open (\S+)\n.*Waiting/.exec(stderr)?.[1]));
      await page.goto(url);
      const code = /shows the code (\S+)\./.exec(stderr)?.[1];
      if (code !== undefined) {
        await page.getByText(code).waitFor();
        await page.getByRole('button', { name: 'Yes, continue' }).click();
      }
      await page.locator('a[href$="as=kari"]').click();
      await page.getByText('go back to the terminal').waitFor();
      return { status: await ended, stdout, stderr };
    };
    expect(await inTerminal('login')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"kari"') as string,
    });
    const request = await inTerminal('promotion', 'request', versionId);
    expect([request.status, request.stderr]).toEqual([0, expect.stringContaining('Open ')]);
    expect(JSON.parse(request.stdout)).toMatchObject({ requestId: expect.any(String) as string });
  });
}
