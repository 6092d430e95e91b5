// SPDX-License-Identifier: GPL-3.0-or-later
// node client.js FOLDER URL FACTS COUNT BATCH: fills a PouchDB on LevelDB with the first COUNT lines of FACTS (one JSON
// object each), then replicates it to URL. Prints one JSON line; the seconds are those of the replication alone.
'use strict'

const fs = require('fs')
const path = require('path')
const { createRequire } = require('module')

const here = createRequire(path.join(process.cwd(), 'package.json'))
const PouchDB = here('pouchdb')

async function main () {
  const [folder, url, facts, count, batch] = process.argv.slice(2)
  const docs = fs.readFileSync(facts, 'utf8').split('\n').filter(Boolean).slice(0, Number(count)).map(JSON.parse)
  docs.forEach((doc, i) => { doc._id = String(i + 1).padStart(8, '0') })
  fs.mkdirSync(folder, { recursive: true })
  const local = new PouchDB(path.join(folder, 'station'))
  for (let i = 0; i < docs.length; i += 500) {
    const answers = await local.bulkDocs(docs.slice(i, i + 500))
    const bad = answers.find(answer => answer.error)
    if (bad) throw new Error(JSON.stringify(bad))
  }
  const began = process.hrtime.bigint()
  const result = await local.replicate.to(url, { batch_size: Number(batch), batches_limit: 10, timeout: false })
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  console.log(JSON.stringify({ seconds, docs: result.docs_written, failures: result.doc_write_failures }))
  if (result.docs_written !== docs.length) process.exitCode = 1
}

main().catch(error => {
  console.error(String(error && error.stack || error))
  process.exit(1)
})
