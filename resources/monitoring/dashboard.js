'use strict';

const { physicalNames } = require('../functions.js');

const WIDTH = 8;
const HEIGHT = 6;
const PER_ROW = 3;
const HOT_PATH = 6; // parser, validator, error processor, recorder, reconciler, report link: first in serverless.yml

const graph = (title, metrics, options = {}) => ({
  type: 'metric',
  width: WIDTH,
  height: HEIGHT,
  properties: { title, metrics, view: 'timeSeries', stat: 'Sum', period: 300, region: '${AWS::Region}', ...options },
});

const maximum = { stat: 'Maximum' };

function widgets({ name, functions, databaseKind }) {
  // Of the functions every upload meets; a dashboard of more than 50 metrics costs $3 a month.
  const hotPath = functions.slice(0, HOT_PATH);
  const own = (metric, ...dimensions) => ['ProductOnboarding', metric, ...dimensions, 'service', name];
  const ofFunctions = (metric, options = {}) =>
    hotPath.map((each) => ['AWS/Lambda', metric, 'FunctionName', each, { label: each.replace(`${name}-`, ''), ...options }]);
  const executions = (metric) => ['AWS/States', metric, 'StateMachineArn', '${stateMachineArn}', { label: metric.replace('Executions', '') }];
  const queue = (metric, each) => ['AWS/SQS', metric, 'QueueName', `${name}-${each}`, { label: each }];
  const database = {
    aurora: (metric) => ['AWS/RDS', metric, 'DBClusterIdentifier', name],
    instance: (metric) => ['AWS/RDS', metric, 'DBInstanceIdentifier', name],
  }[databaseKind];

  const found = [
    graph('Uploads by outcome', [
      [...own('UploadsCompleted'), { label: 'completed' }],
      [...own('UploadsPartiallyCompleted'), { label: 'partial' }],
      [...own('UploadsFailed'), { label: 'failed' }],
    ], { stacked: true }),
    graph('Rows by verdict', [
      [...own('ProductsAccepted'), { label: 'accepted' }],
      [...own('ProductsRejected'), { label: 'rejected' }],
    ], { stacked: true }),
    graph('Time from upload to outcome', [
      [...own('UploadDuration'), { label: 'p50', stat: 'p50' }],
      [...own('UploadDuration'), { label: 'p95', stat: 'p95' }],
    ]),
    graph('Executions by status', ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut'].map(executions)),
    graph('Uploads that need a look', [
      [...own('UploadsStalled'), { label: 'stalled' }],
      [...own('VendorsUnreachable'), { label: 'e-mail reached nobody' }],
      [...own('UploadsOfUnknownVendors'), { label: 'vendor not registered' }],
    ]),
    graph('Dead letters', [
      queue('ApproximateNumberOfMessagesVisible', 'error-dead-letter-queue'),
      queue('ApproximateNumberOfMessagesVisible', 'undelivered-upload-queue'),
      queue('ApproximateNumberOfMessagesVisible', 'unannounced-end-queue'),
    ], maximum),
    graph('Oldest waiting: queues (s)', [
      queue('ApproximateAgeOfOldestMessage', 'upload-event-queue'),
      queue('ApproximateAgeOfOldestMessage', 'error-queue'),
    ], maximum),
    graph('Oldest waiting: staged rows (ms)', [['AWS/Lambda', 'IteratorAge', 'FunctionName', `${name}-product-validator`]], maximum),
    graph('Staging table', [
      ['AWS/DynamoDB', 'ConsumedWriteCapacityUnits', 'TableName', '${stagingTable}'],
      ['AWS/DynamoDB', 'WriteThrottleEvents', 'TableName', '${stagingTable}'],
    ]),
    graph('Function errors', ofFunctions('Errors')), // those of all functions are in the alarms
    graph('Function throttles', ofFunctions('Throttles')),
    graph('Function duration p95 (ms)', ofFunctions('Duration', { stat: 'p95' })),
    graph('API and report links', [
      ['AWS/ApiGateway', 'Count', 'ApiId', '${apiId}'],
      ['AWS/ApiGateway', '4xx', 'ApiId', '${apiId}'],
      ['AWS/ApiGateway', '5xx', 'ApiId', '${apiId}'],
    ]),
  ];
  if (database) {
    found.push(
      graph('Database connections', [database('DatabaseConnections')], maximum),
      graph('Database capacity', databaseKind === 'aurora'
        ? [database('ServerlessDatabaseCapacity'), [...database('ACUUtilization'), { yAxis: 'right' }]]
        : [database('CPUUtilization'), [...database('FreeStorageSpace'), { yAxis: 'right' }]], { stat: 'Average' }),
    );
  }
  return found.map((widget, index) => ({
    ...widget,
    x: (index % PER_ROW) * WIDTH,
    y: Math.floor(index / PER_ROW) * HEIGHT,
  }));
}

// The dashboard as CloudWatch wants it, a string, with names in it that Fn::Sub replaces.
module.exports.body = async ({ resolveVariable }) => {
  const name = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const functions = await physicalNames(resolveVariable);
  const databaseKind = await resolveVariable('param:databaseKind');
  return JSON.stringify({ widgets: widgets({ name, functions, databaseKind }) });
};
