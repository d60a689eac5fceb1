import net from 'node:net';

/** TCP proxy in front of a server on this machine; shut, it refuses connections and cuts the open ones. */
export interface Gate {
  readonly port: number;
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

export async function gateTo(port: number): Promise<Gate> {
  const through = new Set<net.Socket>();
  let isOpen = true;
  const server = net.createServer((client) => {
    if (!isOpen) return void client.resetAndDestroy();
    const target = net.connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      through.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        through.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    shut() {
      isOpen = false;
      for (const socket of through) socket.resetAndDestroy();
    },
    open() {
      isOpen = true;
    },
    close() {
      for (const socket of through) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
