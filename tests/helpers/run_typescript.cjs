// Brings a stack of a compiled program up: `run_typescript.cjs folder stack`, run in the folder.
//
// The program runs in this process, so that the engine needs no host of Node.js programs.
const { createRequire } = require("node:module");
const path = require("node:path");

const [folder, stack] = process.argv.slice(2);
const ofTheProgram = createRequire(path.join(folder, "package.json"));
const { LocalWorkspace } = ofTheProgram("@pulumi/pulumi/automation");

async function up() {
    const found = await LocalWorkspace.createOrSelectStack(
        {
            stackName: stack,
            projectName: "pool-in-typescript",
            program: async () => ({ ...ofTheProgram("./bin/index.js") }),
        },
        { workDir: folder },
    );
    const { outputs } = await found.up({ onOutput: (text) => process.stdout.write(text) });
    console.log(JSON.stringify(outputs));
}

up().catch((error) => {
    console.error(String(error));
    process.exit(1);
});
