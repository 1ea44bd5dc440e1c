import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type Days = Schemas['DaysDocument'];
export type Day = Schemas['DayDocument'];
export type Causes = Schemas['CausesDocument'];
