import { tool } from '../../../../plugins/tools/wefact/index.ts'
import { given, openAs } from '../../sisters/parts.ts'
import { askedContract } from '../asked-contract.ts'

askedContract({ ...given, tool, open: openAs('WEFACT') })
