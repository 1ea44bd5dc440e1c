'use strict';

// The functions' names on AWS, in the order of the flow. serverless.yml lists them as files, one for each part.
const namesOf = (part) => Object.values(part).map(({ name }) => name);

module.exports.physicalNames = async (resolveVariable) => (await resolveVariable('self:functions')).flatMap(namesOf);

// Of one part: 0 for the first file, and so on.
module.exports.physicalNamesOf = async (resolveVariable, part) => namesOf((await resolveVariable('self:functions'))[part]);
