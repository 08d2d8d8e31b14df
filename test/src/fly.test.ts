import t from 'tap'
import { refuseSecondMachine } from '../../src/fly.ts'
import { handClock } from './portal/hand-clock.ts'

const fly = { DATABASE_URL: undefined as string | undefined, FLY_APP_NAME: 'brug', FLY_MACHINE_ID: '148ed1' }

/** Answers each question in turn, the last one for ever. */
const open = (...answers: (string[][] | Error)[]) => {
  const clock = handClock()
  const asked: string[] = []
  const resolveTxt = async (name: string) => {
    asked.push(name)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return answer ?? []
  }
  return { clock, asked, start: (settings = fly) => refuseSecondMachine(settings, { resolveTxt, clock }) }
}

const dns = (code: string) => Object.assign(new Error(`queryTxt ${code}`), { code })

t.test('alone it starts at once, however the DNS writes it', async t => {
  const alone: string[][][] = [[], [['148ed1 ams']], [['148ed1 ams', ',']], [[' 148ed1  ams ,']], [['148e', 'd1 ams']]]
  for (const records of alone) {
    const { start, asked } = open(records)
    await start()
    t.strictSame(asked, ['vms.brug.internal'])
  }
})

t.test('elsewhere than on Fly nobody is asked', async t => {
  const { start, asked } = open(dns('ESERVFAIL'))
  await start({ ...fly, FLY_APP_NAME: undefined } as never)
  await start({ ...fly, FLY_MACHINE_ID: undefined } as never)

  t.strictSame(asked, [])
})

t.test('with the ledger in a database others may run beside it, and nobody is asked', async t => {
  const { start, asked } = open([['9080ab ams']])
  await start({ ...fly, DATABASE_URL: 'postgres://host/db' })

  t.strictSame(asked, [])
})

t.test('an app that the DNS does not know yet has no other machine', async t => {
  for (const code of ['ENOTFOUND', 'ENODATA']) t.resolves(open(dns(code)).start())
})

t.test('the machine that it replaces may take some seconds to leave', async t => {
  const both = [['148ed1 ams,9080ab ams']]
  const { start, asked, clock } = open(both, both, [['148ed1 ams']])
  const starting = start()
  await clock.advance(2000)
  await starting

  t.equal(asked.length, 3)
})

t.test('beside another machine it stops, and names it', async t => {
  const { start, asked, clock } = open([['9080ab ams,148ed1 ams'], ['e286 fra']])
  const starting = t.rejects(start(), {
    code: 'SECOND_MACHINE',
    message: 'also running: 9080ab, e286'
  })
  await clock.advance(10_000)
  await starting

  t.equal(asked.length, 10)
})

t.test('a DNS that does not answer is no leave to start', async t => {
  for (const code of ['ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED'])
    await t.rejects(open(dns(code)).start(), { code: 'SECOND_MACHINE', message: new RegExp(code) })
})
