throw new Error('this pipeline does not import');
