import { defineSettings } from 'kedro-temporal';

export default defineSettings({ allowUnsafeParams: ['folder'] });
