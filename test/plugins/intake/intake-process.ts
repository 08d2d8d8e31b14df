// The generic intake alone in a process, so that its memory is not its sender's. Says where it listens; asked
// anything, it answers with the most memory it ever held, in KiB.

import { buildIntake } from './intake.ts'

const [folder = ''] = process.argv.slice(2)
const { listen } = await buildIntake(folder)
process.on('message', () => process.send?.(process.resourceUsage().maxRSS))
process.send?.(await listen())
