import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Decision, Loan } from '../../../src/core/row.ts'
import { fetchPdf } from '../../../src/delivery/pdf.ts'
import { createWorker, type WorkerOptions } from '../../../src/delivery/worker.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import { openHttp } from '../../../src/network/http.ts'
import { createBreaker } from '../../../src/portal/breaker.ts'
import type { Outcome } from '../../../src/rules/decide.ts'
import { serve } from '../../server.ts'
import { arrivalOf, bodyOf, draftOf, holdingOf, minute, rowOf } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from '../portal/hand-clock.ts'

const patience = { retryFirstMs: 5000, retryLongestMs: 3_600_000, retryForMs: 72 * 3_600_000 }
const review = (loan: Loan): Outcome => ({ kind: 'review', wouldSend: draftOf(loan), detail: null })

type Line = { level: string; message: string; facts: Record<string, unknown> }

const open = (t: Test, changed: Partial<WorkerOptions> & { watch?: (ledger: Ledger) => Ledger } = {}) => {
  const { watch = (ledger: Ledger) => ledger, ...options } = changed
  const clock = handClock()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const lines: Line[] = []
  const decisions: [string, Decision['to'], number][] = []
  const delivered: string[] = []
  const ends = new Map<string, (outcome: Outcome | null) => void>()
  const write = (level: string) => (facts: object, message: string) =>
    void lines.push({ level, message, facts: facts as Line['facts'] })
  const worker = createWorker({
    ledger: watch(ledger),
    deliver: loan => {
      delivered.push(loan.invoice.invoiceNumber)
      return new Promise(resolve => ends.set(loan.invoice.invoiceNumber, resolve))
    },
    breaker: createBreaker({ clock, retryFirstMs: 5000, probe: async () => {}, closed() {}, opened() {} }),
    isReady: () => true,
    clock,
    random: () => 0.5,
    concurrency: 3,
    loanMs: minute,
    patience,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    recorded: (loan, decision, tookMs) => decisions.push([loan.invoice.invoiceNumber, decision.to, tookMs]),
    ...options
  })
  return {
    clock,
    ledger,
    worker,
    lines,
    decisions,
    delivered,
    /** Ends the delivery that runs for this number. */
    end: async (invoiceNumber: string, outcome: Outcome | null) => {
      ends.get(invoiceNumber)?.(outcome)
      await clock.rest()
    },
    receive: async (...numbers: string[]) => {
      for (const invoiceNumber of numbers)
        await ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber }), clock.now())
    }
  }
}

t.test('what is due is delivered, so many at once, and the next begins as soon as one has ended', async t => {
  const { worker, clock, receive, delivered, end, ledger, decisions } = open(t)
  await receive('1', '2', '3')
  worker.start()
  worker.start()
  await clock.rest()
  t.strictSame(delivered, ['1', '2'], 'one loop, however often it is started')

  await clock.advance(1000)
  await end('2', { kind: 'created', holding: holdingOf('inv_2', { invoiceNumber: '2' }) })

  t.strictSame(delivered, ['1', '2', '3'])
  t.strictSame(decisions, [['2', 'delivered', 1000]])
  t.match(await rowOf(ledger, '2'), { state: 'delivered', portalId: 'inv_2' })
})

t.test('what arrives wakes it; what is due later is waited for', async t => {
  const { worker, clock, receive, delivered, end } = open(t)
  worker.start()
  await clock.rest()
  await receive('1')
  await clock.rest()
  t.strictSame(delivered, [], 'it sleeps')
  worker.wake()
  await clock.rest()
  t.strictSame(delivered, ['1'])

  await end('1', { kind: 'failed', code: 'PDF_UNREACHABLE', detail: null })
  await clock.advance(4999)
  t.strictSame(delivered, ['1'])
  await clock.advance(1)
  t.strictSame(delivered, ['1', '1'])
})

t.test('of what never failed and of what did, neither takes all places', async t => {
  const { worker, clock, receive, delivered, end } = open(t, { concurrency: 4 })
  const slow = ['1', '2', '3', '4', '5', '6']
  await receive(...slow)
  worker.start()
  await clock.rest()
  t.strictSame(delivered, ['1', '2', '3'], 'one place is kept for what failed before')

  for (const number of ['1', '2', '3', '4', '5', '6'])
    await end(number, { kind: 'failed', code: 'PDF_UNREACHABLE', detail: null })
  delivered.splice(0)
  await clock.advance(5000)
  t.equal(delivered.length, 3, 'the slow ones come again, and leave one place')

  await receive('healthy')
  worker.wake()
  await clock.rest()
  t.equal(delivered.at(-1), 'healthy')
})

t.test('a new invoice does not wait for the hosts of others that hang, however many there are', async t => {
  const hanging = await serve(t, () => {})
  const healthy = await serve(t, (_, response) => response.end('%PDF-1.7'))
  const spool = openSpool(t.testdir(), { bytesMax: 1000 })
  const http = openHttp({ allowPrivate: true, timeoutMs: 1 })
  t.teardown(http.close)
  const fetched: string[] = []
  const { worker, clock, receive, delivered } = open(t, {
    concurrency: 4,
    deliver: async (loan, aside = slow => slow) => {
      const { invoiceNumber } = loan.invoice
      delivered.push(invoiceNumber)
      const { origin } = invoiceNumber === 'healthy' ? healthy : hanging
      await aside(fetchPdf(origin, { http, spool, timeoutMs: 60_000 }))
      fetched.push(invoiceNumber)
      return review(loan)
    }
  })
  await receive(...Array.from({ length: 40 }, (_, index) => `hangs-${index}`), 'healthy')
  worker.start()
  await clock.rest()
  t.equal(delivered.length, 3)
  await clock.advance(999)
  t.equal(delivered.length, 3, 'for a moment it keeps its place')
  await clock.advance(1)
  t.equal(delivered.length, 6)
  await clock.advance(12_000)
  t.equal(delivered.at(-1), 'healthy')
  while (fetched.length === 0) await clock.rest()
  t.strictSame(fetched, ['healthy'])
})

t.test('who goes on after a slow fetch takes a place again, and only so many are aside', async t => {
  const answers: (() => void)[] = []
  const ends: ((outcome: Outcome) => void)[] = []
  const { worker, clock, receive, delivered } = open(t, {
    concurrency: 2,
    async deliver({ invoice: { invoiceNumber } }, aside = slow => slow) {
      delivered.push(invoiceNumber)
      await aside(new Promise<void>(resolve => answers.push(resolve)))
      return new Promise(resolve => ends.push(resolve))
    }
  })
  await receive(...Array.from({ length: 100 }, (_, index) => `${index}`))
  worker.start()
  await clock.advance(200_000)
  t.equal(delivered.length, 65, 'sixty-four aside, and one in the place for what never failed')

  for (const answer of answers) answer()
  await clock.advance(10_000)
  t.equal(delivered.length, 65, 'all of them have their places again')
  for (const end of ends) end({ kind: 'failed', code: 'PDF_UNREACHABLE', detail: null })
  await clock.rest()
  t.ok(delivered.length > 65)
})

t.test('with one place there is none to keep', async t => {
  const { worker, clock, receive, delivered, end } = open(t, { concurrency: 1 })
  await receive('1')
  worker.start()
  await clock.rest()
  await end('1', { kind: 'failed', code: 'PDF_UNREACHABLE', detail: null })
  await clock.advance(5000)
  t.strictSame(delivered, ['1', '1'])
})

t.test('a wake that was missed, or a clock that jumped, is noticed within seconds', async t => {
  const { worker, clock, receive, delivered } = open(t)
  worker.start()
  await clock.rest()
  await receive('1')
  await clock.advance(5000)
  t.strictSame(delivered, ['1'])
  t.ok(clock.monotonic() - worker.turnedAt() <= 5000)
})

t.test('nothing is borrowed before the copy is filled, or while the gate is closed', async t => {
  let isReady = false
  let admitted = 0
  const { worker, clock, receive, delivered } = open(t, {
    isReady: () => isReady,
    breaker: { admits: () => admitted, heard: () => 'open' }
  })
  await receive('1')
  worker.start()
  await clock.advance(20_000)
  isReady = true
  await clock.advance(20_000)
  t.strictSame(delivered, [])

  admitted = 1
  worker.wake()
  await clock.rest()
  t.strictSame(delivered, ['1'])
})

t.test('a stop borrows nothing more, and waits for what runs', async t => {
  const { worker, clock, receive, delivered, end } = open(t, { concurrency: 1 })
  await receive('1', '2')
  worker.start()
  await clock.rest()
  let left: number | undefined
  void worker.stop(25_000).then(number => {
    left = number
  })
  await clock.advance(24_999)
  t.equal(left, undefined)

  await end('1', { kind: 'failed', code: 'PDF_UNREACHABLE', detail: null })

  t.equal(left, 0)
  t.strictSame(delivered, ['1'])
})

t.test('a stop leaves what takes too long, and says how many', async t => {
  const { worker, clock, receive, end, lines, ledger } = open(t)
  await receive('1', '2')
  worker.start()
  await clock.rest()
  const stopping = worker.stop(25_000)
  await clock.advance(25_000)
  t.equal(await stopping, 2)

  await ledger.close()
  await end('1', { kind: 'unknown', detail: 'the bridge is stopping', answered: false })

  t.match(lines.slice(-2), [
    { level: 'error', message: 'the outcome could not be recorded' },
    { level: 'warn', message: 'loan ran out before it was recorded' }
  ])
  t.equal(lines.length, 2, 'it does not ask a closed ledger again and again')
})

t.test('a stop of one that never started, or has nothing to do, is at once', async t => {
  const { worker } = open(t)
  t.equal(await worker.stop(25_000), 0)

  const idle = open(t)
  idle.worker.start()
  await idle.clock.rest()
  t.equal(await idle.worker.stop(25_000), 0)
})

t.test('a ledger that cannot be read is asked again a second later', async t => {
  let failures = 2
  const { worker, clock, receive, delivered, lines } = open(t, {
    watch: ledger => ({
      ...ledger,
      borrow: async (...asked) => {
        if (failures-- > 0) throw new BridgeError('LEDGER_UNAVAILABLE')
        return ledger.borrow(...asked)
      }
    })
  })
  await receive('1')
  worker.start()
  await clock.advance(1999)
  t.strictSame(delivered, [])
  await clock.advance(1)

  t.strictSame(delivered, ['1'])
  t.match(lines, Array(2).fill({ level: 'error', message: 'the ledger could not be read' }))
})

t.test('an answer of the portal is precious: a ledger that fails is asked until it keeps it', async t => {
  let failures = 29
  const { worker, clock, receive, delivered, end, decisions, ledger } = open(t, {
    watch: ledger => ({
      ...ledger,
      record: async (...asked) => {
        if (failures-- > 0) throw new BridgeError('LEDGER_UNAVAILABLE')
        return ledger.record(...asked)
      }
    })
  })
  await receive('1')
  worker.start()
  await clock.rest()
  await end('1', { kind: 'dismissed', code: 'ZERO_AMOUNT' })
  await clock.advance(30_000)

  t.strictSame(delivered, ['1'], 'it is delivered no second time')
  t.match(decisions, [['1', 'dismissed']])
  t.match(await rowOf(ledger, '1'), { state: 'dismissed' })
})

t.test('a ledger that fails for half a minute is given up: its place is free before its loan ends', async t => {
  const { worker, clock, receive, delivered, end, decisions } = open(t, {
    concurrency: 1,
    watch: ledger => ({ ...ledger, record: () => Promise.reject(new BridgeError('LEDGER_UNAVAILABLE')) })
  })
  await receive('1', '2')
  worker.start()
  await clock.rest()
  await end('1', { kind: 'dismissed', code: 'ZERO_AMOUNT' })
  await clock.advance(29_999)
  t.strictSame(delivered, ['1'])
  await clock.advance(1)
  t.strictSame(delivered, ['1', '2'], 'it holds up nobody else')

  await end('2', { kind: 'dismissed', code: 'ZERO_AMOUNT' })
  await clock.advance(minute)
  t.strictSame(delivered.slice(0, 3), ['1', '2', '1'], 'and is lent out again when its loan has ended')
  t.strictSame(decisions, [])
})

/** A ledger that cannot take these decisions, and a portal that was asked for what it is lent. */
const openRefusing = (t: Test, refused: Decision['to'][]) => {
  const opened = open(t, {
    concurrency: 1,
    watch: ledger => ({
      ...ledger,
      record: async (loan, decision, now) => {
        if (refused.includes(decision.to)) throw new TypeError('a bug')
        return ledger.record(loan, decision, now)
      }
    }),
    deliver: async loan => {
      opened.delivered.push(loan.invoice.invoiceNumber)
      if (loan.invoice.invoiceNumber === 'refused') return { kind: 'failed', code: 'CUSTOMER_UNKNOWN', detail: null }
      await opened.ledger.sending(loan, bodyOf(loan), opened.clock.now())
      const { invoiceNumber } = loan.invoice
      return { kind: 'created', holding: holdingOf(`inv_${invoiceNumber}`, { invoiceNumber }) }
    }
  })
  return opened
}

t.test('an answer that the ledger cannot take is none: in doubt at once, and called so', async t => {
  const { worker, clock, receive, lines, decisions, ledger, delivered } = openRefusing(t, ['delivered'])
  await receive('1', '2')
  worker.start()
  await clock.rest()

  t.strictSame(delivered, ['1', '2'], 'nobody waits for it')
  t.match(await ledger.doubts(clock.now(), 9), [{ body: { invoiceNumber: '1' } }, {}])
  t.match(lines.slice(0, 2), [
    { level: 'error', message: 'the outcome could not be recorded', facts: { err: TypeError } },
    { level: 'warn', message: 'invoice in doubt', facts: { invoiceNumber: '1' } }
  ])
  t.match(decisions, [
    ['1', 'doubt'],
    ['2', 'doubt']
  ])
})

t.test('one that can take nothing of it is asked twice, and keeps no place', async t => {
  const { worker, clock, receive, lines, decisions, delivered } = openRefusing(t, ['delivered', 'doubt'])
  await receive('1', '2')
  worker.start()
  await clock.rest()

  t.strictSame(delivered, ['1', '2'])
  t.match(lines.slice(0, 3), [
    { message: 'the outcome could not be recorded' },
    { message: 'the outcome could not be recorded' },
    { level: 'warn', message: 'loan ran out before it was recorded' }
  ])
  t.strictSame(decisions, [])
})

t.test('what was not sent, and cannot be recorded, is not tried again without end', async t => {
  const { worker, clock, receive, delivered } = openRefusing(t, ['held'])
  await receive('refused')
  worker.start()
  await clock.advance(minute - 1)
  t.strictSame(delivered, ['refused'])

  await clock.advance(5000)
  t.strictSame(delivered, ['refused', 'refused'], 'but when its loan has ended')
})

t.test('what may stand there is looked for before it is sent again, and said', async t => {
  const { worker, clock, receive, lines, decisions, ledger } = open(t, {
    deliver: async loan => {
      if (!loan.unproven) {
        await ledger.sending(loan, bodyOf(loan), clock.now())
        return { kind: 'failed', code: 'PORTAL_REJECTED', detail: '422' }
      }
      return { kind: 'unproven', body: bodyOf(loan) }
    }
  })
  await receive('1')
  worker.start()
  await clock.rest()
  await ledger.act('1', 'deliver', clock.now())
  worker.wake()
  await clock.rest()

  t.match(await rowOf(ledger, '1'), { state: 'sending' })
  t.match(lines.at(-1), { level: 'warn', message: 'invoice looked for before it is sent again' })
  t.match(decisions, [
    ['1', 'held'],
    ['1', 'look']
  ])
})

t.test('a bug in a delivery is logged as one, and the invoice waits', async t => {
  const err = new TypeError('a bug')
  const { worker, clock, receive, lines, ledger } = open(t, { deliver: () => Promise.reject(err) })
  await receive('1')
  worker.start()
  await clock.rest()

  t.match(lines, [
    {
      level: 'error',
      message: 'delivery broke',
      facts: { err, invoiceNumber: '1', tool: 'acme', attempt: 1 }
    },
    { level: 'warn', message: 'invoice waits for another attempt', facts: { code: 'UNEXPECTED' } }
  ])
  t.match(await rowOf(ledger, '1'), {
    state: 'waiting',
    code: 'UNEXPECTED',
    nextAttemptAt: clock.now() + 5000
  })
})

t.test('a failure with a name is no bug; why the ledger could not be written is logged', async t => {
  const err = new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause: new Error('EACCES') })
  const { worker, clock, receive, lines, ledger } = open(t, { deliver: () => Promise.reject(err) })
  await receive('1')
  worker.start()
  await clock.rest()

  t.match(lines, [
    {
      level: 'warn',
      message: 'the ledger could not be written',
      facts: { err: { cause: { message: 'EACCES' } } }
    },
    { level: 'warn', message: 'invoice waits for another attempt' }
  ])
  t.match(await rowOf(ledger, '1'), { state: 'waiting', code: 'LEDGER_UNAVAILABLE' })
})

t.test('who lost the loan records nothing; but what the portal said enters the copy', async t => {
  const { worker, clock, receive, lines, end, decisions, ledger } = open(t)
  await receive('1', '2')
  worker.start()
  await clock.rest()
  await end('1', null)
  await ledger.act('2', 'dismiss', clock.now())
  await end('2', { kind: 'created', holding: holdingOf('inv_2', { invoiceNumber: '2' }) })

  t.match(lines, [
    { level: 'warn', message: 'loan ran out before sending', facts: { invoiceNumber: '1' } },
    { level: 'warn', message: 'loan ran out before it was recorded', facts: { invoiceNumber: '2' } }
  ])
  t.strictSame(decisions, [])
  t.match(await rowOf(ledger, '2'), { state: 'dismissed' })
  t.match(await ledger.holdings.byNumber('2'), [{ id: 'inv_2' }])
})

t.test('one line for each end: who asks for a person warns, what was meant to be does not', async t => {
  const { worker, clock, receive, lines, end, ledger } = open(t, { concurrency: 6 })
  const numbers = ['1', '2', '3', '4', '5']
  await receive(...numbers)
  worker.start()
  await clock.rest()
  const [loan] = await ledger.borrow(1, clock.now(), clock.now())
  t.equal(loan, undefined, 'all are lent')
  await end('1', review({ invoice: arrivalOf().invoice, notify: true } as Loan))
  await end('2', { kind: 'failed', code: 'CUSTOMER_UNKNOWN', detail: null })
  await end('3', { kind: 'dismissed', code: 'ZERO_AMOUNT' })
  await end('4', { kind: 'failed', code: 'PDF_UNREACHABLE', detail: 'a host' })
  await end('5', { kind: 'unknown', detail: 'time-out', answered: false })

  t.match(lines, [
    { level: 'info', message: 'invoice held', facts: { invoiceNumber: '1', code: 'REVIEW' } },
    { level: 'warn', message: 'invoice held', facts: { invoiceNumber: '2', code: 'CUSTOMER_UNKNOWN' } },
    { level: 'info', message: 'invoice dismissed', facts: { invoiceNumber: '3', code: 'ZERO_AMOUNT' } },
    { level: 'warn', message: 'invoice waits for another attempt', facts: { invoiceNumber: '4' } },
    { level: 'warn', message: 'invoice in doubt', facts: { invoiceNumber: '5' } }
  ])
  t.notMatch(JSON.stringify(lines), /121|12100|Kees|bakker/, 'no name and no amount')
})
