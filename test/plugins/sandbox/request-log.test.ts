import t from 'tap'
import { createRequestLog, loggedRequestsMax } from '../../../plugins/sandbox/request-log.ts'
import { handClock, noon } from './fixtures.ts'

t.test('a request is there when it comes in, and has its status when it is answered', async t => {
  const log = createRequestLog(handClock())

  const request = log.open('GET', '/v1/customers', 'customers')

  t.strictSame(log.requests, [
    { method: 'GET', path: '/v1/customers', call: 'customers', invoiceNumber: null, at: noon, status: null }
  ])
  log.answered(request, 200)
  t.match(log.requests, [{ status: 200 }])
  t.match(log.counts, { requests: 1, calls: { customers: 1, create: 0 }, statuses: { 200: 1 } })
})

t.test('the latest requests are listed, and all of them counted', async t => {
  const log = createRequestLog(handClock())

  for (let at = 0; at < loggedRequestsMax + 5; at++) log.open('GET', String(at), 'list')

  t.equal(log.requests.length, loggedRequestsMax)
  t.equal(log.requests[0]!.path, '5')
  t.match(log.counts, { requests: loggedRequestsMax + 5, calls: { list: loggedRequestsMax + 5 } })
})
