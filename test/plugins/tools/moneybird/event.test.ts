import t, { type Test } from 'tap'
import { tool } from '../../../../plugins/tools/moneybird/index.ts'
import { settings } from '../../../../plugins/tools/moneybird/settings.ts'
import { unprovenBytesMax } from '../../../../src/tools/tool.ts'
import { event, now } from './parts.ts'

const token = 'voorbeeldtoken0000000001'
const secret = '0123456789abcdef'.repeat(4)
const own = settings.parse({
  MONEYBIRD_ADMINISTRATION_ID: '410000000000000001',
  MONEYBIRD_WEBHOOK_SECRET: token
})
const context = { settings: own, timeZone: 'Europe/Amsterdam' }

/** What is parsed from here on: the bytes, and whether each value was asked for. */
const watchParsing = (t: Test) => {
  const { parse } = JSON
  const parsed: { bytes: number; byReviver: boolean }[] = []
  JSON.parse = (text, reviver) => {
    parsed.push({ bytes: text.length, byReviver: reviver !== undefined })
    return parse(text, reviver)
  }
  t.teardown(() => {
    JSON.parse = parse
  })
  return parsed
}

/** An object in JSON with this text in it, as large as this. */
const large = (text: string, bytes = unprovenBytesMax + 1): Buffer =>
  Buffer.from(`{${text},"rest":"${'x'.repeat(bytes - text.length - 12)}"}`)

const believes = (body: Buffer): boolean => {
  try {
    tool.verify({ body, headers: {}, receivedAt: now }, own)
    return true
  } catch (error) {
    t.match(error, { code: 'NOT_AUTHENTIC' })
    return false
  }
}

t.test('nothing that a stranger sends is parsed, however it is built', async t => {
  const parsed = watchParsing(t)
  const strangers = [
    large('"a":1'),
    large('"webhook_token":"another one"'),
    Buffer.from(`[${'1,'.repeat(500_000)}1]`),
    Buffer.from(`{"webhook_token":"x"${',"webhook_token":"x"'.repeat(50_000)}}`)
  ]
  for (const body of strangers) {
    t.notOk(believes(body))
    const delivery = { body, headers: {}, receivedAt: now }
    t.equal(tool.isRegistrationCheck?.(delivery, own), false)
    for (const MONEYBIRD_WEBHOOK_SECRET of [token, secret, `${secret},${token}`])
      t.throws(() => tool.verify(delivery, settings.parse({ MONEYBIRD_WEBHOOK_SECRET })), {
        code: 'NOT_AUTHENTIC'
      })
  }

  t.strictSame(parsed, [])
})

t.test('what may knock is small', async t => {
  const check = (bytes: number) =>
    tool.isRegistrationCheck?.({ body: Buffer.from(`{}${' '.repeat(bytes - 2)}`), headers: {}, receivedAt: now }, own)
  t.equal(check(unprovenBytesMax), true)
  t.equal(check(unprovenBytesMax + 1), false)
})

t.test('a large event with the right token is believed, and parsed once for all who ask', async t => {
  const text = event('open').toString().trimEnd().slice(0, -1)
  const body = Buffer.from(`${text},"rest":"${'x'.repeat(200_000)}"}`)
  const parsed = watchParsing(t)

  tool.verify({ body, headers: {}, receivedAt: now }, own)
  t.equal(tool.isRegistrationCheck?.({ body, headers: {}, receivedAt: now }, own), false)
  t.match(tool.read(body, context), {
    kind: 'invoices',
    invoices: [{ invoice: { invoiceNumber: '2026-0117' } }]
  })

  t.strictSame(parsed, [{ bytes: body.length, byReviver: false }])
})

t.test('a token counts where Moneybird writes it, and nowhere else', async t => {
  const at = (name: string, value: string) => `"${name}":"${value}"`
  t.ok(believes(large(at('webhook_token', token))))
  t.ok(
    believes(
      Buffer.from(`{ "a" : 1 , "webhook_token" :\\n\\t "${token}" }`.replaceAll('\\n', '\n').replaceAll('\\t', '\t'))
    )
  )
  t.ok(believes(Buffer.from(`{"entity":{"webhook_token":"x"},"webhook_token":"${token}"}`)))

  t.notOk(believes(Buffer.from(`{"entity":{"webhook_token":"${token}"},"webhook_token":"x"}`)), 'deeper')
  t.notOk(believes(Buffer.from(`{"webhook_token":"${token}","webhook_token":"x"}`)), 'the last one counts')
  t.notOk(believes(Buffer.from(`{"note":"\\"webhook_token\\":\\"${token}\\""}`)), 'in a text')
  t.notOk(believes(Buffer.from(`["webhook_token","${token}"]`)), 'in a list')
  t.notOk(believes(Buffer.from(`"webhook_token":"${token}"`)), 'no object')
  for (const value of ['', token.slice(1), `${token} `, `${token.slice(0, -1)}2`, token.toUpperCase()])
    t.notOk(believes(Buffer.from(`{${at('webhook_token', value)}}`)), value)
  t.notOk(believes(Buffer.from(`{"webhook_token":${' '.repeat(300)}"${token}"}`)), 'no vendor writes so')
  t.notOk(believes(large(`${Array(8).fill(at('webhook_token', 'x')).join(',')},${at('webhook_token', token)}`)))
})

t.test('the slow way to parse is taken for numbers that have to be exact, and for no others', async t => {
  const changed = (from: string, to: string) => Buffer.from(event('open').toString().replace(from, to))
  const cases: [what: string, body: Buffer, byDigits: boolean[]][] = [
    ['as Moneybird writes it', event('open'), [false]],
    ['a number that nobody reads', changed('"state":', '"version": 12345678901234567890, "state":'), [false]],
    ['the administration', changed('"410000000000000001"', '410000000000000001'), [false, true]],
    ['the amount', changed('"181.5"', '181.5'), [false, true]]
  ]
  for (const [what, body, byDigits] of cases) {
    t.test(what, async t => {
      const parsed = watchParsing(t)
      t.match(tool.read(body, context), {
        kind: 'invoices',
        invoices: [{ invoice: { invoiceNumber: '2026-0117', amountCents: 18150, sourceId: '410000000000000300' } }]
      })
      t.strictSame(
        parsed.map(({ bytes }) => bytes > body.length),
        byDigits,
        'with numbers as texts'
      )
    })
  }
})

t.test('ids beyond what a float holds stay what they are', async t => {
  const body = event('open').toString().replaceAll('"410000000000000300"', '410000000000000301')
  t.match(tool.read(Buffer.from(body), context), {
    invoices: [{ invoice: { sourceId: '410000000000000301' } }]
  })
})

t.test('what is no object in JSON is unreadable', async t => {
  for (const text of ['', 'null', '[]', '"x"', '1', '{'])
    t.match(tool.read(Buffer.from(text), context), { kind: 'unreadable', problem: /object/ }, text)
  t.match(tool.read(Buffer.from('{"a":1}'), context), { kind: 'ignored' })
})
