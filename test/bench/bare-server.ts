// The least that a server which believes signatures can do: the same HMAC, the same JSON, and it forgets.

import { listen } from './signed-server.ts'

await listen(async () => {})
