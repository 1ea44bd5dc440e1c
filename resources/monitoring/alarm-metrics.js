'use strict';

const { physicalNamesByFile } = require('../functions.js');

const MOST_METRICS = 10; // of one alarm (CloudWatch user guide, "Alarms on metric math expressions")

// The errors of all functions of one file in functions/ as one number.
const functionErrors = (file) => async ({ resolveVariable }) => {
  const names = (await physicalNamesByFile(resolveVariable))[file];
  if (names.length > MOST_METRICS) {
    throw new Error(
      `functions/${file}.yml has ${names.length} functions, but the alarm on their errors takes at most ${MOST_METRICS}. ` +
        'Divide the file, and give each part an alarm of its own in resources/monitoring/.',
    );
  }
  const metrics = names.map((name, index) => ({
    Id: `errors${index}`,
    ReturnData: false,
    MetricStat: {
      Stat: 'Sum',
      Period: 300,
      Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: [{ Name: 'FunctionName', Value: name }] },
    },
  }));
  const sum = { Id: 'errors', Expression: metrics.map(({ Id }) => `FILL(${Id}, 0)`).join(' + '), Label: 'Function errors' };
  return [sum, ...metrics];
};

module.exports.pipelineErrors = functionErrors('pipeline');
module.exports.doorsErrors = functionErrors('doors');
module.exports.upkeepErrors = functionErrors('upkeep');
