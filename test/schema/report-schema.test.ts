import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { CiReport } from '../../src/report/ci/ci-report.ts';
import type { DoctorReport } from '../../src/report/doctor-human.ts';
import type { FullReport } from '../../src/report/full-report.ts';
import type { InspectReport } from '../../src/report/inspect-report.ts';
import type { SlimReport } from '../../src/report/report.ts';
import type { ciReportSchema } from '../../src/schema/ci-report-schema.ts';
import type { doctorReportSchema } from '../../src/schema/doctor-schema.ts';
import type { inspectReportSchema } from '../../src/schema/inspect-schema.ts';
import { fullReportSchema, type slimReportSchema } from '../../src/schema/report-schema.ts';

/** What JSON makes of a type: brands, templates and readonly go, and what is undefined isn't there. */
type Json<T> = T extends (string & { readonly __brand: unknown }) | `sha256:${string}`
  ? string
  : T extends readonly unknown[]
    ? { [K in keyof T]: Json<T[K]> } extends infer List
      ? Mutable<List>
      : never
    : T extends object
      ? Flat<
          { -readonly [K in keyof T as undefined extends T[K] ? never : K]: Json<T[K]> } & {
            -readonly [K in keyof T as undefined extends T[K] ? K : never]?: Json<Exclude<T[K], undefined>>;
          }
        >
      : T;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type Flat<T> = { [K in keyof T]: T[K] };

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

describe('the schema of a report', () => {
  test('is the type that the code has', () => {
    const slim: Equal<Json<z.infer<typeof slimReportSchema>>, Json<SlimReport>> = true;
    const full: Equal<Json<z.infer<typeof fullReportSchema>>, Json<FullReport>> = true;
    const ci: Equal<Json<z.infer<typeof ciReportSchema>>, Json<CiReport>> = true;
    const doctor: Equal<Json<z.infer<typeof doctorReportSchema>>, Json<DoctorReport>> = true;
    const inspect: Equal<Json<z.infer<typeof inspectReportSchema>>, Json<InspectReport>> = true;
    expect([slim, full, ci, doctor, inspect]).toEqual([true, true, true, true, true]);
  });

  test('is exported whole', () => {
    const { properties, required } = z.toJSONSchema(fullReportSchema) as Record<'properties' | 'required', object>;
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(['passed', 'drift', 'kept', 'tree']));
    expect(required).toContain('budgets');
  });
});
