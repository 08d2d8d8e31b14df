import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import { blankInvoice } from '../../../src/core/invoice.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import { createReceiver, type ReceiverOptions } from '../../../src/tools/receiver.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'
import { arrivalOf, bring, day, minute, noon, rowOf } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'

const open = (t: Test, changed: Partial<ReceiverOptions> = {}) => {
  const folder = t.testdir()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const spool = openSpool(folder, { bytesMax: 100_000 })
  const happened: unknown[] = []
  const say = (level: string) => (facts: object, message: string) => void happened.push([level, message, facts])
  const receiver = createReceiver({
    ledger,
    spool,
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    wake: () => happened.push('wake'),
    alert: (...told) => happened.push(['alert', ...told]),
    rules: { sendNotification: true, notifyWithinDays: 7, timeZone: 'Europe/Amsterdam' },
    received: (...told) => happened.push(['received', ...told]),
    ...changed
  })
  const keep = () =>
    spool.keep(
      (async function* () {
        yield samplePdf('1')
      })()
    )
  return { ledger, spool, receiver, happened, keep, files: () => readdirSync(folder) }
}

const toldOf = (facts: Parameters<typeof arrivalOf>[0] = {}, rest: Partial<ToolInvoice> = {}): ToolInvoice => ({
  invoice: arrivalOf(facts).invoice,
  stage: 'final',
  finalisedAt: null,
  collectsItself: false,
  ...rest
})

t.test('an event is kept, counted, and wakes the worker', async t => {
  const { receiver, happened } = open(t)

  t.equal(await receiver.receive(arrivalOf(), noon), 'accepted')
  t.equal(await receiver.receive(arrivalOf(), noon), 'duplicate')
  t.strictSame(happened.slice(0, 3), [
    ['info', 'invoice received', { tool: 'acme', invoiceNumber: '2026-0042', result: 'accepted' }],
    ['received', 'acme', 'accepted'],
    'wake'
  ])
})

t.test('what a tool that is asked tells again and again fills no log', async t => {
  const { ledger, receiver, happened } = open(t)
  await ledger.startTool('acme', noon)
  const old = toldOf({ invoiceNumber: 'OLD-1', issuedAt: '2026-01-01' })
  const tell = async (now: number) => {
    for (const one of [old, toldOf()]) await receiver.receiveFromTool('acme', one, { now, caughtUp: true })
    return happened.splice(0).filter(one => Array.isArray(one) && one[0] === 'info').length
  }

  t.equal(await tell(noon), 2)
  t.equal(await tell(noon + 5 * minute), 0)
  const paid = toldOf({ paidAt: noon })
  t.match(await receiver.receiveFromTool('acme', paid, { now: noon, caughtUp: true }), { changed: true })
  t.match(happened, [['info', 'invoice received'], ['received'], 'wake'])
})

t.test('why an event is ignored is told once an hour: a tool may send many that are none of ours', async t => {
  const { receiver, happened } = open(t)
  const hour = 60 * minute

  for (const at of [0, 1, hour - 1, hour]) receiver.ignore('acme', 'contact.updated', noon + at)
  receiver.ignore('acme', 'test mode', noon)
  receiver.ignore('other', 'test mode', noon)

  t.strictSame(happened, [
    ['info', 'event ignored', { tool: 'acme', reason: 'contact.updated' }],
    ['info', 'event ignored', { tool: 'acme', reason: 'contact.updated' }],
    ['info', 'event ignored', { tool: 'acme', reason: 'test mode' }],
    ['info', 'event ignored', { tool: 'other', reason: 'test mode' }]
  ])
})

t.test('a conflict is told to a person, and wakes nobody', async t => {
  const { receiver, happened } = open(t)
  await receiver.receive(arrivalOf(), noon)
  happened.length = 0

  t.equal(await receiver.receive(arrivalOf({ sourceId: 'b', amountCents: 1 }, { tool: 'rival' }), noon), 'conflict')
  t.match(happened, [
    ['info', 'invoice received'],
    ['received', 'rival', 'conflict'],
    ['alert', 'INVOICE_CONFLICT', '2026-0042']
  ])
})

t.test('the PDF of a duplicate is removed, that of an invoice stays', async t => {
  const { receiver, keep, files } = open(t)
  const [first, second] = [await keep(), await keep()]
  await receiver.receive(arrivalOf({}, { document: first }), noon)
  await receiver.receive(arrivalOf({}, { document: second }), noon)

  t.strictSame(files(), [first.file])
})

t.test('a file that cannot be removed does not undo what was kept', async t => {
  const { keep, happened, spool } = open(t)
  const failing = open(t, { spool: { ...spool, remove: () => Promise.reject(new Error('EIO')) } })
  await failing.receiver.receive(arrivalOf({}, { document: await keep() }), noon)

  t.equal(await failing.receiver.receive(arrivalOf({}, { document: await keep() }), noon), 'duplicate')
  t.match(failing.happened.at(-1), ['error', 'an unused PDF could not be removed', { err: { message: 'EIO' } }])
  t.strictSame(happened, [])
})

t.test('what cannot be kept is not said to be', async t => {
  const { receiver, ledger, happened } = open(t)
  await ledger.close()

  await t.rejects(receiver.receive(arrivalOf(), noon), { code: 'LEDGER_UNAVAILABLE' })
  t.strictSame(happened, [])
})

t.test('a draft is none of the bridge’s business, and is not kept', async t => {
  const { receiver, ledger } = open(t)
  const told = await receiver.receiveFromTool('acme', toldOf({}, { stage: 'draft' }), { now: noon })

  t.strictSame(told, { result: 'ignored', reason: 'not final yet', changed: false })
  t.equal(await ledger.find('2026-0042'), null)
})

t.test('what was final before the tool was set up stays out, unless a person asks for it', async t => {
  const { receiver, ledger } = open(t)
  await ledger.startTool('acme', noon)
  const before = { result: 'ignored', reason: 'BEFORE_START' }
  const tell = (number: string, facts: object, rest: Partial<ToolInvoice> = {}, heard = {}) =>
    receiver.receiveFromTool('acme', toldOf({ invoiceNumber: number, sourceId: number, ...facts }, rest), {
      now: noon,
      ...heard
    })

  t.match(await tell('1', { issuedAt: '2026-11-19' }), before)
  t.match(await tell('2', {}, { finalisedAt: noon - 1 }), before)
  t.match(await tell('3', { issuedAt: '2026-11-20' }), { result: 'accepted' }, 'the day of the start counts')
  t.match(await tell('4', { issuedAt: '2026-01-01' }, { finalisedAt: noon }), { result: 'accepted' })
  t.match(await tell('5', { issuedAt: '2026-11-19' }, {}, { anyAge: true }), { result: 'accepted' })
  t.match(await tell('6', { issuedAt: '2026-11-19' }, {}, { test: true }), { result: 'accepted' })
  t.match(await tell('3', { issuedAt: '2026-11-20', paidAt: noon }), { result: 'duplicate', changed: true })
})

t.test('what became final in the very second of the start is not older than it', async t => {
  const { receiver, ledger } = open(t)
  await ledger.startTool('acme', noon + 700)
  const tell = (number: string, finalisedAt: number) =>
    receiver.receiveFromTool('acme', toldOf({ invoiceNumber: number, sourceId: number }, { finalisedAt }), {
      now: noon
    })

  t.match(await tell('1', noon), { result: 'accepted' })
  t.match(await tell('2', noon - 1000), { result: 'ignored', reason: 'BEFORE_START' })
})

t.test('what is voided before it is told of is dismissed when it comes', async t => {
  const { ledger, receiver } = open(t)
  const voided = toldOf({}, { stage: 'voided' })
  t.match(await receiver.receiveFromTool('acme', voided, { now: noon }), {
    result: 'ignored',
    reason: 'VOIDED_IN_TOOL'
  })

  t.match(await receiver.receiveFromTool('acme', toldOf(), { now: noon + minute }), { result: 'accepted' })

  t.match(await rowOf(ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
})

t.test('what the tool holds no more before it told of it is dismissed, too', async t => {
  const { ledger, receiver } = open(t)
  t.match(await receiver.gone('acme', 'acme-1', noon), { result: 'ignored' })
  await receiver.receiveFromTool('acme', toldOf(), { now: noon + minute })

  t.match(await rowOf(ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
})

t.test('voided under another number it is found by the id of its tool', async t => {
  const { ledger, receiver } = open(t)
  await receiver.receiveFromTool('acme', toldOf(), { now: noon })
  const voided = toldOf({ invoiceNumber: '2026-0042-V', sourceId: 'acme-1' }, { stage: 'voided' })

  t.match(await receiver.receiveFromTool('acme', voided, { now: noon }), { result: 'accepted' })

  t.match(await rowOf(ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
})

t.test('what is voided is dismissed where it is known, and ignored where it is not', async t => {
  const { receiver, ledger } = open(t)
  const voided = toldOf({}, { stage: 'voided' })
  t.match(await receiver.receiveFromTool('acme', voided, { now: noon }), {
    result: 'ignored',
    reason: 'VOIDED_IN_TOOL'
  })

  await bring(ledger, 'waiting')
  await receiver.receiveFromTool('acme', voided, { now: noon })
  t.match(await rowOf(ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
})

t.test('what one tool voids, and another one brings for it, is dismissed, whichever comes first', async t => {
  const voided = toldOf({}, { stage: 'voided' })
  const copy = toldOf({ sourceId: 'copy-1' })
  for (const order of ['copy first', 'voided first', 'both at once']) {
    const { ledger, receiver } = open(t, { secondHand: ['copies'] })
    const tell = [
      () => receiver.receiveFromTool('copies', copy, { now: noon }),
      () => receiver.receiveFromTool('acme', voided, { now: noon })
    ]
    if (order === 'voided first') tell.reverse()
    if (order === 'both at once') await Promise.all(tell.map(say => say()))
    else for (const say of tell) await say()

    t.match(await rowOf(ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' }, order)
  }
})

t.test('what is voided and comes of nothing is no row, unless a copy of it may follow', async t => {
  const from = (secondHand: string[]) => open(t, { secondHand })
  const blank = {
    ...toldOf({}, { stage: 'voided' }),
    invoice: { ...blankInvoice('acme-1', 'acme-1'), sourceId: 'acme-1' }
  }
  const old = toldOf({ issuedAt: '2026-11-18' }, { stage: 'voided' })
  for (const [what, { ledger, receiver }, told] of [
    ['no tool brings copies', from([]), toldOf({}, { stage: 'voided' })],
    ['its facts are not known', from(['copies']), blank],
    ['it is older than the tool', from(['copies']), old]
  ] as const) {
    await ledger.startTool('acme', noon)
    const kept = await receiver.receiveFromTool('acme', told, { now: noon })

    t.match(kept, { result: 'ignored', reason: 'VOIDED_IN_TOOL' }, what)
    t.strictSame((await ledger.list({ limit: 9 })).rows, [], what)
    await receiver.receiveFromTool('acme', toldOf(), { now: noon })
    t.match(await rowOf(ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' }, what)
  }
})

t.test('what a tool restores is sent, whether or not the bridge knew it before it was voided', async t => {
  for (const isKnown of [true, false]) {
    const { ledger, receiver } = open(t, { restoring: ['acme'] })
    const tell = (revision: string, stage: ToolInvoice['stage']) =>
      receiver.receiveFromTool('acme', toldOf({ revision }, { stage }), { now: noon })
    if (isKnown) await tell('1', 'final')
    t.match(await tell('2', 'voided'), { result: 'accepted', changed: true })
    t.match(await rowOf(ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
    t.match(await tell('2', 'voided'), { result: 'duplicate', changed: false })

    t.match(await tell('3', 'final'), { result: 'accepted', changed: true })

    t.match(await rowOf(ledger), { state: 'waiting', code: null })
  }
})

t.test('what catch-up finds late is created without a mail', async t => {
  const { receiver, ledger } = open(t)
  const cases: [string, string, object, boolean][] = [
    ['1', '2026-11-13', { caughtUp: true }, true],
    ['2', '2026-11-12', { caughtUp: true }, false],
    ['3', '2026-11-12', {}, true]
  ]
  for (const [number, issuedAt, heard, notify] of cases) {
    await receiver.receiveFromTool('acme', toldOf({ invoiceNumber: number, sourceId: number, issuedAt }), {
      now: noon,
      ...heard
    })
    t.equal((await rowOf(ledger, number)).notify, notify, number)
  }
})

t.test('what the tool collects by itself waits a day, unless it is paid', async t => {
  const { receiver, ledger } = open(t)
  const tell = (number: string, facts: object, rest: Partial<ToolInvoice>) =>
    receiver.receiveFromTool('acme', toldOf({ invoiceNumber: number, sourceId: number, ...facts }, rest), {
      now: noon
    })
  await tell('1', {}, { collectsItself: true })
  await tell('2', {}, { collectsItself: true, finalisedAt: noon - minute })
  await tell('3', { paidAt: noon }, { collectsItself: true })

  t.equal((await rowOf(ledger, '1')).nextAttemptAt, noon + day)
  t.equal((await rowOf(ledger, '2')).nextAttemptAt, noon - minute + day)
  t.equal((await rowOf(ledger, '3')).nextAttemptAt, noon)
})

t.test('an event that cannot be read is kept once, for a person', async t => {
  const { receiver, ledger, happened } = open(t)
  const body = Buffer.from('{"about":"Kees"}')
  const event = { body, problem: 'amount: expected digits', sourceId: null }
  await receiver.keepUnreadable('acme', event, noon)
  await receiver.keepUnreadable('acme', event, noon)
  const { rows } = await ledger.list({ limit: 10 })

  t.match(rows, [{ invoiceNumber: /^acme-event-[0-9a-f]{12}$/, state: 'held', code: 'EVENT_UNREADABLE' }])
  t.equal(rows.length, 1)
  t.strictSame(
    happened.filter(event => Array.isArray(event) && event[0] === 'alert'),
    [['alert', 'EVENT_UNREADABLE', rows[0]?.invoiceNumber]]
  )
  t.notMatch(JSON.stringify(happened), /Kees/)

  await receiver.keepUnreadable('acme', { ...event, sourceId: '7' }, noon)
  await receiver.keepUnreadable('acme', { ...event, body: Buffer.from('told otherwise'), sourceId: '7' }, noon)
  t.equal((await ledger.list({ limit: 10 })).rows.length, 2, 'and once, however its invoice is told of')
})

async function* inOnePiece(bytes: Uint8Array) {
  yield bytes
}

t.test('the PDF that came along is on the disk before the invoice is kept', async t => {
  const { ledger, receiver, files } = open(t)
  const told = () => toldOf({}, { pdf: inOnePiece(samplePdf('1')) })

  t.match(await receiver.receiveFromTool('acme', told(), { now: noon }), { result: 'accepted' })
  const [file] = files()
  t.equal((await rowOf(ledger)).pdf.bytes, samplePdf('1').length)
  t.match(await receiver.receiveFromTool('acme', told(), { now: noon }), { result: 'duplicate' })
  t.strictSame(files(), [file], 'told again it is not there twice')
})

t.test('what came along and is no PDF, or too large, leaves an invoice without one', async t => {
  const { ledger, receiver, files } = open(t)
  for (const [number, bytes] of Object.entries({ html: Buffer.from('<html>'), large: Buffer.alloc(100_001) })) {
    const told = toldOf({ invoiceNumber: number, sourceId: number }, { pdf: inOnePiece(bytes) })
    t.match(await receiver.receiveFromTool('acme', told, { now: noon }), { result: 'accepted' })
    t.match(await ledger.find(number), { state: 'waiting', pdf: { bytes: null } })
  }
  t.strictSame(files(), [])
})

t.test('a PDF that breaks off, or whose row could not be kept, leaves nothing', async t => {
  const broken = new Error('the connection is lost')
  const { ledger, receiver, files } = open(t)
  const breaking = async function* () {
    yield samplePdf('1')
    throw broken
  }
  await t.rejects(receiver.receiveFromTool('acme', toldOf({}, { pdf: breaking() }), { now: noon }), broken)
  t.strictSame(files(), [])
  ledger.receive = () => Promise.reject(new BridgeError('LEDGER_UNAVAILABLE'))
  const told = toldOf({}, { pdf: inOnePiece(samplePdf('1')) })
  await t.rejects(receiver.receiveFromTool('acme', told, { now: noon }), { code: 'LEDGER_UNAVAILABLE' })
  t.strictSame(files(), [])
})

t.test('what two tools bring is one invoice, where one of them brings those of others', async t => {
  for (const [first, second] of [
    ['acme', 'copies'],
    ['copies', 'acme']
  ] as const) {
    const { ledger, receiver, files } = open(t, { secondHand: ['copies'] })
    const bring = (tool: string, pdf?: Uint8Array) =>
      receiver.receiveFromTool(tool, toldOf({ sourceId: tool }, pdf ? { pdf: inOnePiece(pdf) } : {}), { now: noon })
    t.match(await bring(first), { result: 'accepted' })
    t.match(await bring(second, samplePdf('1')), { result: 'duplicate', changed: false })
    t.match(await rowOf(ledger), { tool: first, state: 'waiting' })
    t.strictSame(files(), [], 'its PDF is not kept')
  }
})
