import t from 'tap'
import { networkCodes, withMeanings } from '../../../src/words/network-codes.ts'
import { said, say } from '../../../src/words/saying.ts'
import { sentenceIn } from '../../../src/words/sentences.ts'

t.test('a code of the network is said with its meaning, alone or within a sentence', async t => {
  for (const [english, en, nl] of [
    [
      'ECONNREFUSED (https://portal.nl/v1)',
      'nothing listens at that address: ECONNREFUSED (https://portal.nl/v1)',
      'op dat adres luistert niets: ECONNREFUSED (https://portal.nl/v1)'
    ],
    [
      'facturen.nl could not be read: ECONNRESET',
      'facturen.nl could not be read: the connection was broken off: ECONNRESET',
      'facturen.nl was niet te lezen: de verbinding werd verbroken: ECONNRESET'
    ],
    [
      'Moneybird does not answer (ENOTFOUND)',
      'Moneybird does not answer (there is no address for that name: ENOTFOUND)',
      'Moneybird reageert niet (bij die naam hoort geen adres: ENOTFOUND)'
    ]
  ] as const) {
    t.equal(sentenceIn('en', english), en)
    t.equal(sentenceIn('nl', english), nl)
  }
  for (const code of networkCodes) {
    t.ok(sentenceIn('nl', code)?.endsWith(`: ${code}`), code)
    t.notOk(sentenceIn('nl', code)?.includes('undefined'))
  }
})

t.test("a word that only looks like one, and others' words, stay as they are", async t => {
  t.equal(withMeanings('en', 'MY_ECONNREFUSED_X and econnrefused'), 'MY_ECONNREFUSED_X and econnrefused')
  t.equal(sentenceIn('en', 'a sentence of somebody else: EPIPE'), null)
})

t.test('a mail and health say it, too', async t => {
  t.match(said(say('notAsked', 'Moneybird does not answer (EPIPE)'), 'nl'), /de verbinding werd verbroken: EPIPE/)
  const refused = 'ECONNREFUSED (http://127.0.0.1:9/v1; the sandbox may not be running: `npm run sandbox` starts it)'
  t.match(sentenceIn('nl', refused), /^op dat adres luistert niets: ECONNREFUSED \(.*`npm run sandbox`/)
})
