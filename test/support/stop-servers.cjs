const fs = require('node:fs');
const path = require('node:path');

module.exports = async () => {
  const { supervisor, dir } = globalThis.__servers;
  await supervisor.stop();
  const elsewhere = path.join(dir, 'pg-elsewhere');
  if (fs.existsSync(elsewhere)) fs.rmSync(fs.readFileSync(elsewhere, 'utf8'), { recursive: true, force: true });
  fs.rmSync(dir, { recursive: true, force: true });
};
