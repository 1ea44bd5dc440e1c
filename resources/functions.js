'use strict';

// The functions' names on AWS, in the order of the flow. serverless.yml lists them as files, one for each part.
module.exports.physicalNames = async (resolveVariable) =>
  Object.values(Object.assign({}, ...(await resolveVariable('self:functions')))).map(({ name }) => name);
