/** Short names for the shapes of the API; `schema.d.ts` is generated from api/openapi.json by `npm run types`. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type NewUpload = Schemas['NewUpload'];
export type CreatedUpload = Schemas['CreatedUpload'];
export type Upload = Schemas['UploadDocument'];
export type FollowedUpload = Schemas['FollowedUpload'];
export type Correction = Schemas['Correction'];
export type UploadPage = Schemas['UploadPage'];
export type ErrorRow = Schemas['ErrorDocument'];
export type ErrorPage = Schemas['ErrorPage'];
export type Cause = Schemas['CauseDocument'];
export type ErrorSummary = Schemas['ErrorSummary'];
export type Download = Schemas['Download'];
export type Columns = Schemas['Columns'];
export type Column = Schemas['ColumnDocument'];
export type Product = Schemas['ProductDocument'];
export type ProductPage = Schemas['ProductPage'];
export type ChangePage = Schemas['ChangePage'];
export type ApiKeys = Schemas['ApiKeys'];
export type CreatedApiKey = Schemas['CreatedApiKey'];
export type Categories = Schemas['Categories'];
export type Code = Schemas['CodeDocument'];
export type ProductSummary = Schemas['ProductSummary'];
export type Change = Schemas['ChangeDocument'];
export type Export = Schemas['Export'];
export type ApiKey = Schemas['ApiKeyDocument'];
export type People = Schemas['People'];
export type ProblemDocument = Schemas['ProblemDocument'];
