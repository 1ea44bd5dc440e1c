'use strict';

const { physicalNames } = require('../functions.js');

// The errors of all functions as one number. An alarm takes at most ten metrics (CloudWatch user guide, "Metric math").
module.exports.functionErrors = async ({ resolveVariable }) => {
  const names = await physicalNames(resolveVariable);
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
