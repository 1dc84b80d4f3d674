// SARIF of a report that has everything, and of an empty one, validates against the 2.1.0 schema.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import test from 'node:test';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';

const require = createRequire(import.meta.url);
const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile(schema);

for (const kind of ['full', 'empty'])
  test(`the ${kind} report is valid SARIF 2.1.0`, () => {
    const log = JSON.parse(execFileSync(process.env.EXOBRAIN_SARIF_SAMPLE, [kind], { maxBuffer: 64 << 20 }));
    assert.ok(validate(log), JSON.stringify(validate.errors, null, 1));
    if (kind === 'full') assert.ok(log.runs[0].results.length > 0 && log.runs[0].tool.driver.rules.length > 100);
  });

test('the schema refuses what is no SARIF', () => {
  assert.equal(validate({ version: '2.1.0', runs: [{ results: [{}] }] }), false);
});
