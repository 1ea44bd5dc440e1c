import { describe, expect, test } from 'vitest';
import type { Correction, Upload } from '../src/api/types';
import { afterCorrection, beforeCorrection, correctionsOf, phaseOf, shares, spoken, summary } from '../src/logic/progress';

function upload(changes: Partial<Upload>, counts: Partial<Upload['counts']> = {}): Upload {
  return {
    upload_id: 'UPLOAD_20261121_103045_0a1b2c3d',
    file_name: 'products.csv',
    mode: 'import',
    preview: false,
    status: 'processing',
    progress: 0,
    failure: null,
    read_as: null,
    created_at: '2026-11-21T10:30:45Z',
    completed_at: null,
    has_report: false,
    has_corrections: false,
    corrects_upload_id: null,
    next_step: { action: 'wait', text: '' },
    ...changes,
    counts: { total: null, valid: 0, errors: 0, changed: null, unchanged: null, superseded: null, ...counts },
  };
}

describe('phase', () => {
  test.each([
    ['arriving', upload({ status: 'awaiting_file' })],
    ['reading', upload({})],
    ['checking', upload({}, { total: 10, valid: 3, errors: 1 })],
    ['finishing', upload({}, { total: 10, valid: 9, errors: 1 })],
    ['done', upload({ status: 'partial' }, { total: 10, valid: 9, errors: 1 })],
    ['done', upload({ status: 'expired' })],
  ])('is %s', (phase, each) => {
    expect(phaseOf(each)).toBe(phase);
  });
});

test('shares are nothing when the file was not read', () => {
  expect(shares(upload({}).counts)).toEqual({ valid: 0, errors: 0 });
  expect(shares(upload({}, { total: 4, valid: 1, errors: 2 }).counts)).toEqual({ valid: 0.25, errors: 0.5 });
});

test('what is said aloud changes at every quarter only', () => {
  const said = Array.from({ length: 100 }, (_, valid) => spoken(upload({}, { total: 100, valid })));

  expect(new Set(said).size).toBe(4);
  expect(said[99]).toContain('75 percent');
});

describe('summary', () => {
  const ended = (counts: Partial<Upload['counts']>, changes: Partial<Upload> = {}) =>
    summary(upload({ status: 'completed', ...changes }, counts));

  test('says that products are listed when all rows are valid', () => {
    expect(ended({ total: 3, valid: 3 })).toContain('All 3 rows are in the catalogue');
  });

  test('never says so of a preview', () => {
    for (const valid of [0, 1, 3]) {
      const text = ended({ total: 3, valid, errors: 3 - valid }, { preview: true });
      expect(text).toMatch(/Nothing was changed/);
      expect(text).not.toContain('in the catalogue');
    }
  });

  test('says that nothing happened when the file was refused or never came', () => {
    const refused = ended({}, { status: 'failed', failure: { code: 'NOT_A_CSV', message: '' } });
    expect(refused).toContain('refused as a whole');
    expect(ended({}, { status: 'expired' })).toContain('nothing happened');
  });

  test('speaks of one row as of one', () => {
    expect(ended({ total: 1, valid: 1 })).toBe('The one row is in the catalogue. There is nothing left to do.');
    expect(ended({ total: 1, valid: 1 }, { preview: true })).toContain('The one row is fine.');
    expect(ended({ total: 1, errors: 1 })).toBe('The one row could not be taken over: it has something to fix.');
    expect(ended({ total: 2, valid: 1, errors: 1 })).toBe('1 of 2 rows is in the catalogue, 1 needs a fix.');
    expect(ended({ total: 5, valid: 3, errors: 2 }, { mode: 'update' })).toBe('3 of 5 rows were taken over, 2 need a fix.');
  });
});

describe('a correction', () => {
  type Earlier = Parameters<typeof beforeCorrection>[0];

  const correction = (counts: Partial<Correction['counts']>, more: Partial<Correction> = {}): Correction => ({
    upload_id: 'UPLOAD_2',
    file_name: 'fixed.csv',
    preview: false,
    status: 'partial',
    created_at: '',
    ...more,
    counts: {
      total: (counts.valid ?? 0) + (counts.errors ?? 0),
      valid: 0,
      errors: 0,
      changed: null,
      unchanged: null,
      superseded: null,
      ...counts,
    },
  });
  const corrected = (valid: number, errors: number, more: Partial<Earlier> = {}): Earlier => ({
    ...upload({}, { total: valid + errors, valid, errors }),
    corrected_by: [],
    ...more,
  });
  const newer = (counts: Partial<Upload['counts']>, more: Partial<Upload> = {}): Upload =>
    upload({ upload_id: 'UPLOAD_2', status: 'partial', ...more }, counts);

  test('tells how many rows it left to fix', () => {
    const most = correction({ valid: 100, errors: 1_100 });
    expect(afterCorrection(corrected(0, 1_200), most)).toBe('1,100 rows are left to fix');
    expect(afterCorrection(corrected(9, 3), correction({ valid: 2, errors: 1 }))).toBe('1 row is left to fix');
    expect(afterCorrection(corrected(9, 3), correction({ valid: 3 }))).toBe('no row is left to fix');
  });

  test('leaves the rows that it has not', () => {
    expect(afterCorrection(corrected(60, 40), correction({ valid: 9 }))).toBe('31 rows are left to fix');
  });

  test('tells what would be when it was only checked', () => {
    const checked = correction({ valid: 1 }, { preview: true });
    expect(afterCorrection(corrected(9, 3), checked)).toBe('2 rows would be left to fix');
  });

  test('may be the whole file of a check or of changes: its own errors are left', () => {
    const checked = correction({ valid: 95, errors: 5 }, { preview: true });
    expect(afterCorrection(corrected(90, 10, { preview: true }), checked)).toBe('5 rows would be left to fix');

    const none = correction({ valid: 90, errors: 10 });
    expect(afterCorrection(corrected(90, 10, { mode: 'update' }), none)).toBe('10 rows are left to fix');
    expect(afterCorrection(corrected(90, 10, { mode: 'update' }), correction({ valid: 100 }))).toBe(
      'no row is left to fix',
    );
  });

  test('may be the whole file of an import, whose listed rows are duplicates and nothing to fix', () => {
    expect(afterCorrection(corrected(90, 10), correction({ valid: 6, errors: 94 }))).toBe('4 rows are left to fix');
  });

  test('has its own errors when the earlier file was refused as a whole', () => {
    const refused = corrected(0, 0, { failure: { code: 'NOT_A_CSV', message: '' } });
    expect(afterCorrection(refused, correction({ valid: 8, errors: 2 }))).toBe('2 rows are left to fix');
    expect(beforeCorrection(refused, newer({ total: 10, valid: 8, errors: 2 }))).toBe('it was refused as a whole');
  });

  test('tells its own rows alone beside another that changed something', () => {
    const first = correction({ valid: 6, errors: 4 });
    const second = correction({ valid: 4 }, { upload_id: 'UPLOAD_3', status: 'completed' });
    const earlier = corrected(90, 10, { corrected_by: [second, first] });

    expect(afterCorrection(earlier, first)).toBe('4 rows in it need a fix');
    expect(afterCorrection(earlier, second)).toBe('no row in it needs a fix');
    expect(beforeCorrection(earlier, newer({ total: 10, valid: 6, errors: 4 }))).toBe('10 rows had something to fix');
  });

  test('tells what is left beside others that changed nothing', () => {
    const checked = correction({ valid: 8, errors: 2 }, { upload_id: 'UPLOAD_3', preview: true });
    const refused = correction({ total: null }, { upload_id: 'UPLOAD_4', status: 'failed' });
    const applied = correction({ valid: 8, errors: 2 });
    const earlier = corrected(90, 10, { corrected_by: [applied, refused, checked] });

    expect(afterCorrection(earlier, applied)).toBe('2 rows are left to fix');
    expect(afterCorrection(earlier, refused)).toBe('it was refused as a whole');
  });

  test('tells on its own page what it has left', () => {
    const few = newer({ total: 10, valid: 9, errors: 1 });
    expect(beforeCorrection(corrected(90, 10), few)).toBe('10 rows had something to fix, 1 is left');

    const whole = newer({ total: 100, valid: 95, errors: 5 }, { preview: true });
    expect(beforeCorrection(corrected(90, 10, { preview: true }), whole)).toBe(
      '10 rows had something to fix, 5 would be left',
    );
    expect(beforeCorrection(corrected(90, 10), newer({ total: 10, valid: 10 }))).toBe(
      '10 rows had something to fix, none is left',
    );
  });

  test('is not known to an API of the version before', () => {
    const { corrected_by: _, ...old } = corrected(90, 10);

    expect(correctionsOf(old as Earlier)).toEqual([]);
    expect(beforeCorrection(old as Earlier, newer({ total: 10, valid: 10 }))).toBe(
      '10 rows had something to fix, none is left',
    );
  });

  test('has left nothing yet while it is under way', () => {
    expect(afterCorrection(corrected(9, 3), correction({}, { status: 'processing' }))).toBe('it is being checked');
  });
});
