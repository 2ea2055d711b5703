using System.Text;
using Stackmeta;
using Stackmeta.Http;

StandardStreams.Install();
SocketThreads.GoOnThemselves();
DescriptorLimit.Raise();

var arguments = await File.ReadAllBytesAsync("/proc/self/cmdline");
var environment = await File.ReadAllBytesAsync("/proc/self/environ");
if (ProcessText.FindFault(arguments, environment) is { } fault)
{
    await Console.Error.WriteLineAsync($"stackmeta: {fault}");
    return ExitCodes.Usage;
}

// The runtime tells the program's file, not the link by which it was called.
var called = Encoding.UTF8.GetString(arguments).Split('\0')[0];
return await StackmetaProgram.RunAsync(
    HaproxyCommand.Led(called, args),
    Console.Out,
    Console.Error,
    CancellationToken.None
);
