// SPDX-License-Identifier: GPL-3.0-or-later
// node server.js FOLDER HOST PORT: the peer's centre, CouchDB's protocol over LevelDB. Says "ready PORT".
'use strict'

const fs = require('fs')
const path = require('path')
const { createRequire } = require('module')

const here = createRequire(path.join(process.cwd(), 'package.json'))
const express = here('express')
const PouchDB = here('pouchdb')

const [folder, host, port] = process.argv.slice(2)
fs.mkdirSync(folder, { recursive: true })
const Local = PouchDB.defaults({ prefix: folder + path.sep })
const app = express()
app.use('/', here('express-pouchdb')(Local, {
  inMemoryConfig: true,
  logPath: path.join(folder, 'log.txt'),
  mode: 'minimumForPouchDB'
}))
const server = app.listen(Number(port), host, () => console.log('ready ' + server.address().port))
process.on('SIGTERM', () => process.exit(0))
