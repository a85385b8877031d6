// Says "verified" or why not: node verify.mjs SECRET ID TIMESTAMP SIGNATURE, with the body on standard input.
import { readFileSync } from 'node:fs';
import standardwebhooks from 'standardwebhooks';

const [secret, id, timestamp, signature] = process.argv.slice(2);
try {
  new standardwebhooks.Webhook(secret).verify(readFileSync(0, 'utf8'), {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  });
  console.log('verified');
} catch (e) {
  console.log(`${e.name}: ${e.message}`);
}
