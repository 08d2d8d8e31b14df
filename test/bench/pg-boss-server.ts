// Webhooks into pg-boss: a job for each, and at most one per invoice number.

import { PgBoss } from 'pg-boss'
import { listen } from './signed-server.ts'

const queue = 'invoices'
const boss = new PgBoss(process.env.DATABASE_URL ?? '')
await boss.start()
await boss.createQueue(queue, { policy: 'exclusive' })

await listen(event => boss.send(queue, event, { singletonKey: event.data.object.number }))
