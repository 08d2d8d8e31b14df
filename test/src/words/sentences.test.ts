import t from 'tap'
import { sentenceIn, sentences } from '../../../src/words/sentences.ts'
import { codeOf, files } from '../../sources.ts'

const value = /\{(?:word|sentence|facts)?\}/

t.test('a sentence is said in Dutch with the same values, which may be sentences themselves', async t => {
  for (const [english, dutch] of [
    ['expected a date such as 2026-11-20', 'verwacht: een datum zoals 2026-11-20'],
    [
      'missing; expected an amount such as 121.00, with a dot and at most two decimals',
      'ontbreekt; verwacht: een bedrag zoals 121.00, met een punt en hoogstens twee decimalen'
    ],
    [
      'no portal customer has its e-mail address; perhaps cst_1 (De Vos (Noord)) or cst_2 (Vos; Zoon)',
      'geen klant in het portaal heeft dit e-mailadres; misschien cst_1 (De Vos (Noord)) of cst_2 (Vos; Zoon)'
    ],
    [
      'its reference last came with another name and another e-mail address: it may be another customer with the same reference',
      'het kenmerk kwam het laatst met een andere naam en een ander e-mailadres: misschien is het een andere klant met hetzelfde kenmerk'
    ],
    [
      'the portal was asked to create it, and shows no customer with its name and e-mail address: the portal answered with cst_1, which was there before, without this e-mail address',
      'het portaal moest deze klant aanmaken, maar toont geen klant met deze naam en dit e-mailadres: het portaal antwoordde met cst_1, en die stond er al, zonder dit e-mailadres'
    ],
    [
      'the portal was asked to create it, and shows no customer with its name and e-mail address; perhaps cst_1 (Jansen)',
      'het portaal moest deze klant aanmaken, maar toont geen klant met deze naam en dit e-mailadres; misschien cst_1 (Jansen)'
    ],
    [
      'the portal was asked to create it, and shows no customer with its name and e-mail address: the portal answered with cst_1, which has another e-mail address; perhaps cst_1 (Jansen)',
      'het portaal moest deze klant aanmaken, maar toont geen klant met deze naam en dit e-mailadres: het portaal antwoordde met cst_1, en die heeft een ander e-mailadres; misschien cst_1 (Jansen)'
    ],
    [
      'the portal answered with cst_1, which has another e-mail address',
      'het portaal antwoordde met cst_1, en die heeft een ander e-mailadres'
    ],
    [
      'the portal answered with cst_1, which shows no e-mail address',
      'het portaal antwoordde met cst_1, en die toont geen e-mailadres'
    ],
    [
      "the portal's list lacks inv_1, and the portal does not say whether it is there: the portal answered 500",
      'in de lijst van het portaal ontbreekt inv_1, en het portaal zegt niet of die er is: het portaal antwoordde 500'
    ],
    [
      'the portal does not answer for single invoices: the portal was asked for inv_1 and answered with inv_2',
      'het portaal antwoordt niet als er naar één factuur gevraagd wordt: het portaal werd gevraagd naar inv_1 en antwoordde met inv_2'
    ],
    ['the portal shows another amount, issuedAt', 'in het portaal verschilt: bedrag, datum'],
    ['the portal shows another constructor', 'in het portaal verschilt: constructor'],
    ['changed since it was released: customer, PDF', 'veranderd sinds hij was vrijgegeven: klant, pdf'],
    ['login.microsoftonline.com refuses EMAIL_CLIENT_ID', 'login.microsoftonline.com weigert EMAIL_CLIENT_ID'],
    ['imap.host.nl answered NO TRYCREATE', 'imap.host.nl antwoordde NO TRYCREATE'],
    [
      'Rompslomp answered 200 without a list; it says: try later',
      'Rompslomp antwoordde 200 zonder lijst; het zegt: try later'
    ],
    ['no answer within 15000 ms (https://portal.nl/v1)', 'geen antwoord binnen 15000 ms (https://portal.nl/v1)'],
    [
      "PORTAL_UNREACHABLE: the portal's answer cannot be read: it was cut off (https://portal.nl/v1)",
      'PORTAL_UNREACHABLE: het antwoord van het portaal is niet te lezen: het werd afgebroken (https://portal.nl/v1)'
    ],
    [
      'api.stripe.com refuses STRIPE_API_KEY (403): this needs read rights on Invoices; it says: no such right',
      'api.stripe.com weigert STRIPE_API_KEY (403): daarvoor is nodig: leesrechten op Invoices; het zegt: no such right'
    ],
    [
      'winkel.nl refuses WOOCOMMERCE_SECRET (403): this needs a key that may read and write',
      'winkel.nl weigert WOOCOMMERCE_SECRET (403): daarvoor is nodig: een sleutel die mag lezen en schrijven'
    ],
    [
      'another customer of the tool, which is not known, has the same claim to cst_1, under another name',
      'een andere klant uit het pakket, die niet meer bekend is, kan onder een andere naam net zo goed cst_1 zijn'
    ],
    ['TOOL_UNAUTHORIZED: MONEYBIRD_API_TOKEN is not set', 'TOOL_UNAUTHORIZED: MONEYBIRD_API_TOKEN ontbreekt'],
    [
      'INTAKE_SECRETT is not a setting; did you mean INTAKE_SECRET? REVEIW is not a setting; did you mean REVIEW? mode: live',
      'INTAKE_SECRETT bestaat niet; bedoel je INTAKE_SECRET? REVEIW bestaat niet; bedoel je REVIEW? de controle staat uit, facturen gaan vanzelf'
    ]
  ] as const) {
    t.equal(sentenceIn('nl', english), dutch)
    t.equal(sentenceIn('en', english), english)
  }
})

t.test("somebody else's words stay as they are", async t => {
  for (const text of [
    '',
    'The amount is not set',
    'Customer 7 answered no',
    'title: must be set',
    '; perhaps '.repeat(50)
  ])
    for (const language of ['nl', 'en'] as const) t.equal(sentenceIn(language, text), null, text)
  t.equal(sentenceIn('nl', `missing; ${'x'.repeat(100_000)}`), null)
})

t.test('both languages have the same values', async t => {
  const valuesIn = (text: string) => text.split(value).length
  for (const [english, dutch] of sentences) t.equal(valuesIn(english), valuesIn(dutch), english)
  t.equal(new Set(sentences.map(([english]) => english)).size, sentences.length, 'each sentence stands there once')
})

const others = files('src/**/*.ts', 'plugins/**/*.ts').filter(file => !file.startsWith('src/words/'))
const plain = (text: string): string => text.replaceAll('\\', '')

// Where zod finds something of another kind, its words are kept.
const codes = [...others, 'node_modules/zod/v4/locales/en.js'].map(file => plain(codeOf(file)))

// `another ${what}`
const assembled = ['another name', 'another e-mail address']

t.test('each sentence is said somewhere: what is worded otherwise from now on needs its Dutch words again', async t => {
  const edges = /^[\s:;,.()]+|[\s:;,.()]+$/g
  for (const [english] of sentences.filter(([english]) => !assembled.includes(english))) {
    const parts = english
      .split(value)
      .flatMap(part => part.split(/[:;.] /))
      .map(part => part.replace(edges, ''))
    t.ok(
      parts.every(part => codes.some(code => code.includes(part))),
      english
    )
  }
})

// Whatever is said by one of these is a sentence.
const speaking = [
  String.raw`\b(?:good|bad|broken|wrong|unread|notAuthentic|AddressRefused|unknown|ambiguous|unreachable|lookAt|answered|look)\(`,
  String.raw`\b(?:unreadable|complain|failed|new BridgeError)\([^,()]+(?:\([^()]*\)[^,()]*)*,`,
  String.raw`\b(?:found|what|message|problem|detail):`,
  String.raw`\b(?:detail|why) =`,
  "(?='expected )"
]
const said = new RegExp(`(?:${speaking.join('|')})\\s*(?:'((?:[^'\\\\\n]|\\\\.)*)'|\`((?:[^\`\\\\\n]|\\\\.)*)\`)`, 'g')

const saidIn = (file: string): string[] =>
  [...codeOf(file).matchAll(said)].flatMap(([, text, template]) => {
    // A word that is a sentence, too.
    const whole = plain(text ?? template ?? '')
      .replace(/(?<=\w)\$\{[^{}]*\}$/, '') // more words, or none
      .replace(/\$\{[^{}]*\}/g, 'two')
    return whole.includes('${') || /^(two\W*)+$/.test(whole) ? [] : [whole.replace(/^two (?=webhook$)/, '')]
  })

t.test('what is wrong, found or failed has its Dutch words', async t => {
  const judged = files(
    'plugins/{bodies,signatures}/*.ts',
    'plugins/intake/{base64,body-fields,fields,form,json,multipart,proof}.ts',
    'plugins/**/{check,event,invoice}.ts',
    'plugins/ubl/*.ts',
    'src/commands/check.ts',
    'src/delivery/{customers,deliver,pdf}.ts',
    'src/network/http.ts',
    'src/portal/*.ts',
    'src/tools/*.ts',
    'plugins/tools/*/{api,token}.ts',
    'plugins/sisters/*.ts',
    'src/rules/*.ts',
    'src/ledger/links.ts'
  )
  const all = judged.flatMap(file => saidIn(file).map(text => [file, text] as const))
  t.ok(all.length > 250, `${all.length} sentences were found`)
  t.strictSame(
    all.filter(([, text]) => sentenceIn('nl', text) === null).map(([file, text]) => `${file}: ${text}`),
    []
  )
})

t.test('why an invoice goes on has its Dutch words', async t => {
  const release = /\brelease(?:Of|Row)\([^'`;]+, ['`](.+?)['`]/g
  const all = files('src/ledger/*.ts').flatMap(file => [...codeOf(file).matchAll(release)].map(([, why = '']) => why))
  t.ok(all.length > 5, `${all.length} reasons were found`)
  for (const why of all) t.ok(sentenceIn('nl', why), why)
})
