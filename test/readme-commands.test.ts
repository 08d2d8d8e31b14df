// Does what the README and the manual tell a newcomer to do, in their order and their words, in a folder that looks
// like a clone. Only the ports differ, the PDF comes from a server of the test, and what needs an account with Fly or
// Stripe is left out.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { samplePdf } from '../plugins/intake/sample.ts'
import { freePort } from '../src/commands/free-port.ts'
import { fencesOf, pages, readDocument, root } from './readme.ts'
import { serve } from './server.ts'

type Step = {
  /** How the fence begins, so that the list and the page stay side by side. */
  does: string
  shows?: RegExp
  /** Asking does no harm: ask until it shows, because the bridge works at its own pace. */
  ask?: true
  /** Runs on; ready once it shows. */
  staysUp?: true
  /** For all that follows in the same terminal. */
  forTheRest?: true
  leftOut?: string
  /** How it exits; 0 unless it says otherwise. */
  code?: number
}

/** The pages in the order in which a newcomer reads them. */
const steps: Record<string, Step[]> = {
  'README.md': [
    {
      does: 'npm ci --omit=dev && npm run demo',
      staysUp: true,
      shows: /It is in the sandbox.*Ctrl-C ends it/s
    },
    { does: 'npx factuurbrug invoice DEMO-0001', shows: /delivered.*portal id +inv_\w+/s },
    { does: 'npx factuurbrug status', shows: /delivered +1.*1 need a person/s, code: 1 }
  ],
  'docs/set-up.md': [
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
    { does: 'curl', shows: /^\{"result":"accepted"\}$/ }
  ],
  'docs/tools.md': [
    { does: 'fly ssh console --app my-bridge', leftOut: 'it needs an account with Fly' },
    { does: 'npx factuurbrug connect stripe', leftOut: 'it needs an account with Stripe' }
  ],
  'docs/tools/moneybird.md': [
    { does: 'npx factuurbrug connect moneybird', leftOut: 'it needs an account with Moneybird' },
    { does: 'fly ssh console --app my-bridge', leftOut: 'it needs an account with Fly' }
  ],
  'docs/tools/hostfact.md': [{ does: 'openssl rand -hex 24', shows: /^[0-9a-f]{48}$/m }],
  'docs/tools/mollie.md': [
    { does: 'npx factuurbrug connect mollie', leftOut: 'it needs an account with Mollie' },
    { does: 'fly ssh console --app my-bridge', leftOut: 'it needs an account with Fly' }
  ],
  'docs/tools/woocommerce.md': [
    { does: 'npx factuurbrug connect woocommerce', leftOut: 'it needs a shop' },
    { does: 'fly ssh console --app my-bridge', leftOut: 'it needs an account with Fly' }
  ],
  'docs/tools/stripe.md': [
    { does: 'npx factuurbrug connect stripe', leftOut: 'it needs an account with Stripe' },
    { does: 'fly ssh console --app my-bridge', leftOut: 'it needs an account with Fly' }
  ],
  'docs/customers.md': [
    { does: 'npx factuurbrug customers --portal', shows: /^cst_bakkerijdevos1 +\S/m },
    { does: 'npx factuurbrug link invoices', shows: /^invoices +debtor-17 .*cst_bakkerijdevos1 .*person/m },
    { does: 'curl', shows: /^\{"result":"accepted"\}$/ },
    {
      does: 'npx factuurbrug invoice 2026-0046',
      ask: true,
      shows: /held REVIEW.*would send.*cst_bakkerijdevos1/s
    }
  ],
  'docs/review.md': [
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
    { does: 'npx factuurbrug take 2026-0045', shows: /2026-0045 +waiting +- +242\.00/ }
  ],
  'docs/operating.md': [
    { does: 'curl', shows: /"ledger":\[\{"status":"pass"\}\]/ },
    { does: 'npx factuurbrug refused --q 0042', shows: /^Nothing was refused\.$/m },
    { does: 'npx factuurbrug portal invoices', shows: /inv_\w+ +2026-0042 +cst_bakkerijdevos1 +121\.00/ }
  ],
  'docs/sandbox.md': [
    { does: 'curl -sS http://127.0.0.1:8090', shows: /"faults":\[\{.*"fault":"lost"/ },
    { does: 'npx factuurbrug deliver 2026-0045', shows: /2026-0045 +waiting/ },
    { does: 'npx factuurbrug invoice 2026-0045', ask: true, shows: /sending.*answer unknown/s }
  ],
  'docs/deploying.md': [
    { does: 'fly apps create my-bridge\nfly volumes', leftOut: 'it needs an account with Fly' },
    { does: 'fly apps create my-bridge\nfly secrets', leftOut: 'it needs an account with Fly' },
    { does: 'npm ci && npm run demo -- --machines 2', leftOut: 'test/src/commands/demo-machines.test.ts runs it' },
    { does: 'docker compose up --build', leftOut: 'it needs Docker; test/compose.test.ts reads its file' }
  ],
  'docs/back-up.md': [
    { does: 'npx factuurbrug backup copy.sqlite', shows: /copy\.sqlite: \d+ invoices; .*\d+ PDFs/ },
    { does: 'fly ssh console --app my-bridge', leftOut: 'it needs an account with Fly' },
    { does: 'fly volumes create', leftOut: 'it needs an account with Fly' }
  ]
}

// The README's commands prove what npx finds; each time npx looks, it takes longer than the command.
const npx = 'npx factuurbrug'
const found = 'node_modules/.bin/node bin/factuurbrug.js'

const askedMax = 40
const fencesIn = (page: string) => fencesOf(readDocument(page), 'sh')
const wanted = ['curl', 'npm', 'npx', 'openssl', 'base64']

t.test('whatever the README and the manual say to type, this test types', async t => {
  for (const page of ['README.md', ...pages]) {
    const known = steps[page] ?? []
    t.strictSame(
      fencesIn(page).map((fence, at) => fence.slice(0, known[at]?.does.length)),
      known.map(({ does }) => does),
      page
    )
  }
})

t.test(
  'a newcomer who types what the manual says gets what it promises',
  {
    skip: missing().length > 0 && `this machine has no ${missing().join(', ')}`
  },
  async t => {
    const pdf = samplePdf('2026-0042')
    const pdfs = await serve(t, (_request, response) => response.end(pdf))
    const [bridge, portal] = [await freePort(), await freePort()]
    const folder = t.testdir({ ...cloneOf(t), 'invoice.pdf': pdf })
    const demo = { url: '', token: '' }
    const typed = (fence: string) =>
      fence
        .replace('npm ci --omit=dev && npm run demo', 'npm run demo')
        .replace(/^npm run sandbox$/m, `npm run sandbox -- --port ${portal}`)
        .replaceAll('https://api.mijnklantportaal.nl/v1', `http://127.0.0.1:${portal}/v1`)
        .replaceAll('http://127.0.0.1:8090', `http://127.0.0.1:${portal}`)
        .replaceAll('http://127.0.0.1:8080', `http://127.0.0.1:${bridge}`)
        .replaceAll('https://facturen.example', pdfs.origin)
        .replaceAll('<address>', demo.url)
        .replaceAll('<token>', demo.token)
    let before = ''

    const all = Object.entries(steps).flatMap(([page, list]) => {
      const fences = fencesIn(page)
      return list.map((step, at) => ({ ...step, page, fence: fences[at] ?? '' }))
    })
    for (const { page, fence: shown, does, shows = /^/, ask, staysUp, forTheRest, leftOut, code = 0 } of all) {
      const fence = page === 'README.md' ? typed(shown) : typed(shown).replaceAll(npx, found)
      await t.test(`${page}: ${does}`, { skip: leftOut ?? false }, async inner => {
        if (forTheRest) {
          before = fence
          const { output } = await type(folder, `${fence}env`)
          inner.notMatch(output, /_SECRET=|_TOKEN=/, 'what the environment holds would win over .env')
        }
        if (staysUp) {
          const output = await leaveUp(t, folder, fence, shows)
          const [, url, token] = /--url (\S+) --token (\S+)/.exec(output) ?? []
          if (url && token) Object.assign(demo, { url, token })
          return inner.match(output, shows)
        }
        let said = await type(folder, before + fence)
        for (let asked = 1; ask && asked < askedMax && !shows.test(said.output); asked++) {
          said = await type(folder, before + fence)
        }
        inner.match(said, { output: shows, code })
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

/** No setting of the person who runs the test gets in. */
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
