// Judges a credential with software that nobody here wrote (Digital Bazaar's verifiers).
// In, on standard input: {"credential": …, "documents": {url: document}, "now": ISO date?}.
// Out: {"verified": bool, "marked": [purpose], "errors": [text]}. Nothing is fetched.
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';

const chunks = [];
for await (const chunk of process.stdin) {
  chunks.push(chunk);
}
const {credential, documents, now} = JSON.parse(Buffer.concat(chunks).toString('utf8'));

async function documentLoader(url) {
  const [base, fragment] = url.split('#');
  const document = documents[url] ?? documents[base];
  if(!document) {
    throw new Error(`not given: ${url}`);
  }
  if(fragment && document.verificationMethod) {
    const method = document.verificationMethod.find(entry => entry.id === url);
    if(!method) {
      throw new Error(`no such key: ${url}`);
    }
    return {documentUrl: url, document: {'@context': document['@context'], ...method}};
  }
  return {documentUrl: url, document};
}

function messages(error) {
  if(!error) {
    return [];
  }
  return [error.message, ...[...(error.errors ?? []), error.cause].flatMap(messages)];
}

const suite = new DataIntegrityProof({cryptosuite});
const result = await vc.verifyCredential({
  credential, suite, documentLoader, checkStatus: credential.credentialStatus && (options =>
    checkStatus({...options, documentLoader, suite, verifyBitstringStatusListCredential: true})),
  ...(now ? {now: new Date(now)} : {})
});
// The library says whether the list could be read; a set bit is for its caller to weigh.
const status = result.statusResult ?? null;
const marked = (status?.results ?? [])
  .filter(entry => entry.status)
  .map(entry => entry.credentialStatus.statusPurpose);
process.stdout.write(JSON.stringify({
  verified: result.verified && marked.length === 0,
  marked,
  errors: [...messages(result.error), ...messages(status && status.error)]
}));
