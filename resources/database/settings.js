'use strict';

// What the database's parameters mean in CloudFormation's words.

const parameter = async ({ resolveVariable }, name) => String(await resolveVariable(`param:${name}`));

// 17.10 belongs to the family of 17.
const majorVersion = async (context) => (await parameter(context, 'databaseVersion')).split('.')[0];

module.exports.clusterFamily = async (context) => `aurora-postgresql${await majorVersion(context)}`;

module.exports.instanceFamily = async (context) => `postgres${await majorVersion(context)}`;

// RDS refuses a time for the pause unless the capacity may go down to 0 (CloudFormation template reference,
// "ServerlessV2ScalingConfiguration").
module.exports.scaling = async (context) => {
  const MinCapacity = Number(await parameter(context, 'databaseMinimumCapacity'));
  const MaxCapacity = Number(await parameter(context, 'databaseMaximumCapacity'));
  return MinCapacity === 0 ? { MinCapacity, MaxCapacity, SecondsUntilAutoPause: 300 } : { MinCapacity, MaxCapacity };
};
