// Webhooks into graphile-worker: a job for each, and at most one per invoice number.

import { makeWorkerUtils } from 'graphile-worker'
import { listen } from './signed-server.ts'

const utils = await makeWorkerUtils({ connectionString: process.env.DATABASE_URL ?? '' })
await utils.migrate()

await listen(async event => {
  const { id } = await utils.addJob('invoice', event, { jobKey: event.data.object.number })
  return id
})
