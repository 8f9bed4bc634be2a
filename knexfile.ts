import { makeKnexfile } from "stardeck/knex";

export default makeKnexfile(import.meta.dirname);
