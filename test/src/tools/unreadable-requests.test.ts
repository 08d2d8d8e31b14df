import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { createUnreadableRequests } from '../../../src/tools/unreadable-requests.ts'
import { silent } from '../delivery/delivery.ts'
import { handClock } from '../portal/hand-clock.ts'

const minute = 60_000
const day = 24 * 60 * minute

const fields = ['amount', 'issuedAt', 'pdf']

const wrong = (...fields: string[]) =>
  new BridgeError('FIELDS_INVALID', undefined, {
    problems: fields.map(field => ({ field, message: 'expected another' }))
  })

const open = () => {
  const clock = handClock()
  const warned: object[] = []
  const downs = createUnreadableRequests({
    clock,
    log: { ...silent, warn: facts => void warned.push(facts) }
  })
  return {
    clock,
    warned,
    note: (error: BridgeError, by = 'acme') => downs.note(error, { by, isTest: false, fields }),
    downs
  }
}

t.test('how many there were, since when, and which fields were wrong, for each tool', async t => {
  const { clock, note, downs } = open()
  t.equal(downs.of('acme'), null)
  const since = clock.now()

  note(wrong('amount', 'issuedAt', 'amount'))
  await clock.advance(minute)
  note(wrong('pdf'))
  note(new BridgeError('BODY_TOO_LARGE'), 'other')

  const lastAt = since + minute
  t.strictSame(downs.of('acme'), { requests: 2, since, lastAt, reasons: ['pdf', 'amount', 'issuedAt'] })
  t.match(downs.of('other'), { requests: 1, since: lastAt, reasons: ['BODY_TOO_LARGE'] })
})

t.test('a day after the last they are forgotten, and the next begins anew', async t => {
  const { clock, note, downs } = open()
  note(wrong('amount'))
  await clock.advance(day)
  note(wrong('amount'))
  await clock.advance(day)
  t.match(downs.of('acme'), { requests: 2 })
  await clock.advance(1)
  t.equal(downs.of('acme'), null)

  note(wrong('pdf'))
  t.match(downs.of('acme'), { requests: 1, since: clock.now(), lastAt: clock.now(), reasons: ['pdf'] })
})

t.test('a sender leaves one line a minute, however its fields change, and never a value', async t => {
  const { clock, warned, note } = open()
  for (let at = 0; at < 1000; at += 1) note(wrong(`veld${at}`, 'amount'))
  note(wrong('amount'), 'other')
  await clock.advance(minute)
  note(wrong('pdf'))

  const code = 'FIELDS_INVALID'
  t.strictSame(warned, [
    { tool: 'acme', code, fields: ['another field', 'amount'] },
    { tool: 'other', code, fields: ['amount'] },
    { tool: 'acme', code, fields: ['pdf'] }
  ])
})

t.test('whatever a sender calls its fields, only names that have a meaning are told', async t => {
  const { note, downs } = open()
  note(wrong('Jan de Vries', 'jan@bakker.example', 'eigen_veld', 'pdf', '__proto__'))
  note(wrong('amount'))
  t.strictSame(downs.of('acme')?.reasons, ['amount', 'another field', 'pdf'])
})

t.test('a test is in the log only', async t => {
  const { warned, downs } = open()
  downs.note(wrong('amount'), { by: 'acme', isTest: true, fields })

  t.match(warned, [{ fields: ['amount'] }])
  t.equal(downs.of('acme'), null)
})

t.test('senders that are told apart are told of apart', async t => {
  const { note, downs } = open()
  for (const by of ['acme', 'acme:books', 'acme:books', 'acmes']) note(wrong('amount'), by)

  t.match(downs.of('acme'), { requests: 1 })
  t.match(downs.of('acme:books'), { requests: 2 })
})
