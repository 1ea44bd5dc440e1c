'use strict';

// What the framework has no setting for.

const path = require('node:path');

const { buildPortal } = require('./portal.js');

const LONGEST_STAGE = 15;

class ServicePlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.checkStage(),
      'before:package:createDeploymentArtifacts': () => this.buildPortal(),
      'before:package:finalize': () => this.removeSharedRole(),
    };
  }

  // A bucket's name has at most 63 characters: product-onboarding-{stage}-stream-failures-{account}.
  checkStage() {
    const stage = this.serverless.service.provider.stage;
    if (stage.length > LONGEST_STAGE) {
      throw new this.serverless.classes.Error(
        `The stage "${stage}" has ${stage.length} characters; at most ${LONGEST_STAGE} fit into the names of the buckets. ` +
          'Choose a shorter one.',
      );
    }
  }

  // The pages are part of the package: however it is made, they are of these sources.
  buildPortal() {
    try {
      buildPortal(path.join(this.serverless.serviceDir, 'portal'));
    } catch (error) {
      throw new this.serverless.classes.Error(error.message);
    }
  }

  // The framework makes a role for functions that have none of their own. All of ours have; their plugin, which stands
  // before this one in serverless.yml, needs the shared role only as its pattern.
  removeSharedRole() {
    delete this.serverless.service.provider.compiledCloudFormationTemplate.Resources.IamRoleLambdaExecution;
  }
}

module.exports = ServicePlugin;
