'use strict';

// The functions' names on AWS, in the order of the flow.
module.exports.physicalNames = async (resolveVariable) =>
  Object.values(await resolveVariable('self:functions')).map(({ name }) => name);
