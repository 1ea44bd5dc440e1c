/** Short names for the shapes of the operators' part of the API. */
import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type AnyUpload = Schemas['AdminUploadSummary'];
export type AnyUploadPage = Schemas['AdminUploadPage'];
export type AnyUploadInFull = Schemas['AdminUploadDocument'];
export type Redrive = Schemas['RedriveDocument'];
export type Revert = Schemas['RevertDocument'];
export type Vendor = Schemas['VendorSummary'];
export type VendorInFull = Schemas['VendorDocument'];
export type VendorPage = Schemas['VendorPage'];
export type Address = Schemas['AddressDocument'];
export type VendorPeople = Schemas['VendorPeople'];
export type Operators = Schemas['Operators'];
export type VendorKeys = Schemas['VendorApiKeys'];
export type Category = Schemas['CategoryDocument'];
export type ManagedCategories = Schemas['ManagedCategories'];
export type System = Schemas['SystemDocument'];
export type Queue = Schemas['QueueDocument'];
export type OperatorAction = Schemas['ActionDocument'];
export type ActionPage = Schemas['ActionPage'];
export type VendorTrends = Schemas['VendorsDocument'];
export type UploadStory = Schemas['StoryDocument'];
export type Execution = UploadStory['executions'][number];
