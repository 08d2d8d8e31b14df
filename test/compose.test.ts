// compose.yaml cannot run without Docker. So the test reads it as Docker does, and reads its settings as a bridge does.

import { parseEnv } from 'node:util'
import { parseYaml } from '@redocly/openapi-core'
import t from 'tap'
import { loadTools, settingsOf } from '../plugins/registry.ts'
import { readConfig, settings } from '../src/config.ts'
import { readDocument } from './readme.ts'

type Service = {
  build?: string
  image?: string
  env_file?: string
  environment: Record<string, string>
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
}

const file = parseYaml(readDocument('compose.yaml')) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const { postgres, ...bridges } = file.services
const toolSettings = settingsOf(await loadTools())

const filledIn = {
  ...parseEnv(readDocument('.env.example')),
  PORTAL_TOKEN: 'token',
  SEND_NOTIFICATION: 'false',
  OPERATOR_TOKEN: 'sixteen characters',
  INTAKE_SECRET: 'sixteen characters'
}

t.test('two bridges are the same, each at a port of its own that nobody else reaches', async t => {
  t.strictSame(Object.keys(bridges), ['bridge-1', 'bridge-2'])
  const [one, two] = Object.values(bridges).map(({ ports, ...rest }) => ({ ports, rest }))
  t.strictSame(one?.rest, two?.rest)
  t.match([one?.ports, two?.ports], [[/^127\.0\.0\.1:\d+:8080$/], [/^127\.0\.0\.1:\d+:8080$/]])
  t.not(one?.ports?.[0], two?.ports?.[0])
})

t.test('what is set for a bridge are settings, and with .env.example filled in it starts', async t => {
  for (const { build, env_file, environment } of Object.values(bridges)) {
    t.strictSame({ build, env_file }, { build: '.', env_file: '.env' })
    t.strictSame(
      Object.keys(environment).filter(name => !(name in settings.shape)),
      []
    )
    t.ok(Object.values(environment).every(value => typeof value === 'string'))
    t.match(readConfig({ ...filledIn, ...environment }, toolSettings), { HOST: '0.0.0.0', PORT: 8080 })
    t.match(readDocument('Dockerfile'), `DATA_DIR=${environment.DATA_DIR}`)
  }
})

t.test('they share the database that is made here, once it answers', async t => {
  for (const { environment, depends_on } of Object.values(bridges)) {
    const { hostname, username, password, pathname } = new URL(environment.DATABASE_URL ?? '')
    t.match(file.services[hostname]?.environment, {
      POSTGRES_USER: username,
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: pathname.slice(1)
    })
    t.strictSame(depends_on, { [hostname]: { condition: 'service_healthy' } })
  }
  t.ok(postgres?.healthcheck?.test.includes('pg_isready'))
  const [, major] = /^postgres:(\d+)$/.exec(postgres?.image ?? '') ?? []
  t.ok(Number(major) >= 14)
  t.equal(postgres?.ports, undefined, 'nobody else reaches it')
  t.ok(postgres?.volumes?.every(volume => Object.hasOwn(file.volumes, volume.split(':')[0] ?? '')))
})
