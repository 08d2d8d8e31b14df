// Does what the README tells a newcomer to do, in its order and its words, in a folder that looks like a clone.
// Only ports are others, the PDF comes from a server of the test, and what needs an account with Fly or Stripe is left out.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { samplePdf } from '../plugins/sample.ts'
import { fencesOf, readDocument, root } from './readme.ts'
import { serve } from './server.ts'

type Step = {
  /** How the fence begins, so that the list and the README stay side by side. */
  does: string
  shows?: RegExp
  /** Asking does no harm: ask until it shows, because the bridge works at its own pace. */
  ask?: true
  /** Runs on; ready once it shows. */
  staysUp?: true
  /** For all that follows in the same terminal. */
  forTheRest?: true
  leftOut?: string
}

const steps: Step[] = [
  { does: 'npm ci --omit=dev && npm run demo', shows: /It stands in the sandbox as inv_\w+, 121\.00 EUR/ },
  { does: 'cp .env.example .env' },
  { does: 'openssl rand -hex 24', shows: /^[0-9a-f]{48}\nwhsec_\S{32}$/m },
  { does: 'npm run sandbox', staysUp: true, shows: /portal sandbox listens/ },
  { does: 'npx factuurbrug check', shows: /^(ok {4}\S.*\n){5,}$/m },
  { does: 'npm start', staysUp: true, shows: /bridge started/ },
  { does: 'npx factuurbrug send-test invoices', shows: /held REVIEW.*would send/s },
  { does: 'PORTAL_TOKEN=$(sed', forTheRest: true },
  { does: 'curl -sS -H "Authorization: Bearer $PORTAL_TOKEN"', shows: /"id":"cst_bakkerijdevos1"/ },
  { does: 'curl', shows: /^\{"result":"accepted"\}$/ },
  { does: 'curl', shows: /^\{"result":"accepted"\}$/ },
  { does: 'printf', shows: /^\{"result":"accepted"\}$/ },
  { does: 'curl', shows: /^\{"result":"accepted"\}$/ },
  { does: 'fly ssh console --app my-bridge', leftOut: 'it needs an account with Fly' },
  { does: 'npx factuurbrug connect stripe', leftOut: 'it needs an account with Stripe' },
  { does: 'npx factuurbrug customers --portal', shows: /^cst_bakkerijdevos1 +\S/m },
  { does: 'npx factuurbrug link invoices', shows: /^invoices +debtor-17 .*cst_bakkerijdevos1 .*person/m },
  { does: 'curl', shows: /^\{"result":"accepted"\}$/ },
  {
    does: 'npx factuurbrug invoice 2026-0046',
    ask: true,
    shows: /held REVIEW.*would send.*cst_bakkerijdevos1/s
  },
  {
    does: 'npx factuurbrug invoices --state held',
    ask: true,
    shows: /(2026-004[2345] +held +REVIEW .*){4}/s
  },
  { does: 'npx factuurbrug invoice 2026-0042', shows: /held REVIEW.*would send.*amount +121\.00/s },
  { does: 'curl', shows: /"invoiceNumber":"2026-0042"/ },
  { does: 'curl', shows: /"state":"held","code":"REVIEW".*"wouldSend":/ },
  { does: 'npx factuurbrug deliver 2026-0042', shows: /2026-0042 +waiting/ },
  { does: 'curl -sS -X POST', shows: /"invoiceNumber":"2026-0044".*"state":"waiting"/ },
  { does: 'npx factuurbrug invoice 2026-0042', ask: true, shows: /delivered.*portal id +inv_\w+/s },
  { does: 'curl', shows: /^\{"result":"conflict"\}$/ },
  { does: 'npx factuurbrug take 2026-0045', shows: /2026-0045 +waiting +- +242\.00/ },
  { does: 'npx factuurbrug portal invoices', shows: /inv_\w+ +2026-0042 +cst_bakkerijdevos1 +121\.00/ },
  { does: 'curl -sS http://127.0.0.1:8090', shows: /"faults":\[\{.*"fault":"lost"/ },
  { does: 'npx factuurbrug deliver 2026-0045', shows: /2026-0045 +waiting/ },
  { does: 'npx factuurbrug invoice 2026-0045', ask: true, shows: /sending.*answer unknown/s },
  { does: 'fly apps create', leftOut: 'it needs an account with Fly' },
  { does: 'curl', shows: /"ledger":\[\{"status":"pass"\}\]/ },
  { does: 'fly volumes create', leftOut: 'it needs an account with Fly' }
]

const askedMax = 40
const fences = fencesOf(readDocument('README.md'), 'sh')
const wanted = ['curl', 'npm', 'npx', 'openssl', 'base64']

t.test('whatever the README says to type, this test types', async t => {
  t.strictSame(
    fences.map((fence, at) => fence.slice(0, steps[at]?.does.length)),
    steps.map(({ does }) => does)
  )
})

t.test(
  'a newcomer who types what the README says gets what it promises',
  {
    skip: missing().length > 0 && `this machine has no ${missing().join(', ')}`
  },
  async t => {
    const pdf = samplePdf('2026-0042')
    const pdfs = await serve(t, (_request, response) => response.end(pdf))
    const [bridge, portal] = [await freePort(), await freePort()]
    const folder = t.testdir({ ...cloneOf(t), 'invoice.pdf': pdf })
    const typed = (fence: string) =>
      fence
        .replace('npm ci --omit=dev && npm run demo', 'npm run demo -- --once')
        .replace(/^npm run sandbox$/m, `npm run sandbox -- --port ${portal}`)
        .replaceAll('https://api.mijnklantportaal.nl/v1', `http://127.0.0.1:${portal}/v1`)
        .replaceAll('http://127.0.0.1:8090', `http://127.0.0.1:${portal}`)
        .replaceAll('http://127.0.0.1:8080', `http://127.0.0.1:${bridge}`)
        .replaceAll('https://facturen.example', pdfs.origin)
    let before = ''

    for (const [at, { does, shows = /^/, ask, staysUp, forTheRest, leftOut }] of steps.entries()) {
      const fence = typed(fences[at] ?? '')
      await t.test(does, { skip: leftOut ?? false }, async inner => {
        if (forTheRest) {
          before = fence
          const { output } = await type(folder, `${fence}env`)
          inner.notMatch(output, /_SECRET=|_TOKEN=/, 'what the environment holds would win over .env')
        }
        if (staysUp) return inner.match(await leaveUp(t, folder, fence, shows), shows)
        let said = await type(folder, before + fence)
        for (let asked = 1; ask && asked < askedMax && !shows.test(said.output); asked++) {
          said = await type(folder, before + fence)
        }
        inner.match(said, { output: shows, code: 0 })
        if (does.startsWith('openssl')) fillIn(join(folder, '.env'), said.output, { bridge, portal })
      })
    }

    const held = (await (await fetch(`http://127.0.0.1:${portal}/sandbox/invoices`)).json()) as Held
    const sha256 = createHash('sha256').update(pdf).digest('hex')
    t.match(
      held.invoices.toSorted((a, b) => a.invoiceNumber.localeCompare(b.invoiceNumber)),
      [
        { invoiceNumber: '2026-0042', amount: '121.00', sendNotification: 'false', sha256 },
        { invoiceNumber: '2026-0044', amount: '121.00', sendNotification: 'false', sha256 },
        { invoiceNumber: '2026-0045', amount: '242.00', sendNotification: 'false', sha256 }
      ]
    )
    t.equal(held.invoices.length, 3, 'what was not released did not leave')
    t.equal(statSync(join(folder, '.env')).mode & 0o777, 0o600, 'only its owner reads the secrets')
  }
)

type Held = { invoices: { invoiceNumber: string; sha256: string }[] }

function missing(): string[] {
  return wanted.filter(tool => {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
}

/** A folder in which npm and npx find what they find in a clone. */
const cloneOf = (t: Test) =>
  Object.fromEntries(
    ['package.json', '.npmrc', '.env.example', 'bin', 'src', 'plugins', 'node_modules'].map(name => [
      name,
      t.fixture('symlink', fileURLToPath(new URL(name, root)))
    ])
  )

/** What a person does with an editor. */
const fillIn = (file: string, output: string, ports: { bridge: number; portal: number }) => {
  const [operatorToken = '', intakeSecret = ''] = output.trim().split('\n')
  const values: Record<string, string> = {
    PORTAL_TOKEN: 'any',
    SEND_NOTIFICATION: 'false',
    OPERATOR_TOKEN: operatorToken,
    INTAKE_SECRET: intakeSecret
  }
  const text = readFileSync(file, 'utf8').replace(/^(\w+)=$/gm, (line, name) => line + (values[name] ?? ''))
  writeFileSync(file, text)
  appendFileSync(file, `PORTAL_URL=http://127.0.0.1:${ports.portal}/v1\nPORT=${ports.bridge}\n`)
  appendFileSync(file, 'ALLOW_PRIVATE_ADDRESSES=true\n')
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Nothing of the settings of whoever runs the test gets in. */
const env = () => ({ PATH: process.env.PATH, HOME: process.env.HOME })

const open = (folder: string, text: string): ChildProcess =>
  spawn('sh', ['-e', '-c', text], {
    cwd: folder,
    env: env(),
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit']
  })

const type = async (folder: string, text: string): Promise<{ output: string; code: number | null }> => {
  const shell = open(folder, text)
  let output = ''
  shell.stdout?.on('data', chunk => {
    output += chunk
  })
  const [code] = await once(shell, 'close')
  return { output, code }
}

/** Answers what it said until it was ready, or ended; it ends with the test. */
const leaveUp = async (t: Test, folder: string, text: string, ready: RegExp): Promise<string> => {
  const shell = open(folder, text)
  const ended = once(shell, 'close')
  t.teardown(async () => {
    // The whole group: npm, its shell, and what they started.
    if (shell.exitCode === null && shell.pid) process.kill(-shell.pid, 'SIGTERM')
    await ended
  })
  let output = ''
  await new Promise<void>(resolve => {
    shell.stdout?.on('data', chunk => {
      output += chunk
      if (ready.test(output)) resolve()
    })
    ended.then(() => resolve())
  })
  return output
}
