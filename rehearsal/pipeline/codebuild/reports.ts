import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { Buildspec } from './buildspec';
import { findFiles } from './file-patterns';

/** The test cases of one report group of a build. */
export interface TestReport {
  readonly group: string;
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  /** Suite and name of each failed test case. */
  readonly failed: readonly string[];
}

interface Case {
  readonly '@_name'?: string;
  readonly '@_classname'?: string;
  readonly failure?: unknown;
  readonly error?: unknown;
  readonly skipped?: unknown;
}

interface Suite {
  readonly testsuite?: readonly Suite[];
  readonly testcase?: readonly Case[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  isArray: (name) => name === 'testsuite' || name === 'testcase',
});

/**
 * Reads the JUnit files of a build's `reports`. CodeBuild reports existing files, whether the build succeeded or not.
 */
export async function readReports(
  reports: Buildspec['reports'],
  sourceDirectory: string,
): Promise<readonly TestReport[]> {
  const read = Object.entries(reports).map(async ([group, report]) => {
    const directory = join(sourceDirectory, report['base-directory']);
    const files = await findFiles(directory, report.files);
    const documents = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
    const all = documents.flatMap((document) => {
      const { testsuites, testsuite } = parser.parse(document);
      return cases({ testsuite: [testsuites, testsuite].flat().filter(Boolean) });
    });
    const failed = all.filter((one) => one.failure !== undefined || one.error !== undefined);
    return {
      group,
      tests: all.length,
      failures: failed.length,
      skipped: all.filter((one) => one.skipped !== undefined).length,
      failed: failed.map((one) => [one['@_classname'], one['@_name']].filter(Boolean).join(' › ')),
    };
  });
  return (await Promise.all(read)).filter(({ tests }) => tests > 0);
}

function cases(suite: Suite): readonly Case[] {
  return [...(suite.testcase ?? []), ...(suite.testsuite ?? []).flatMap(cases)];
}
