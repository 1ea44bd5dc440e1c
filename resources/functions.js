'use strict';

const namesIn = (functions) => Object.values(functions).map(({ name }) => name);

// The functions' names on AWS by the file of functions/ that they stand in.
module.exports.physicalNamesByFile = async (resolveVariable) =>
  Object.fromEntries(
    await Promise.all(
      ['pipeline', 'doors', 'upkeep'].map(async (file) => [
        file,
        namesIn(await resolveVariable(`file(functions/${file}.yml)`)),
      ]),
    ),
  );

// All of them, in the order of the flow.
module.exports.physicalNames = async (resolveVariable) => Object.values(await module.exports.physicalNamesByFile(resolveVariable)).flat();
