using Stackmeta;

SocketThreads.GoOnThemselves();

// The runtime tells the program's file, not the link by which it was called.
var called = (await File.ReadAllTextAsync("/proc/self/cmdline")).Split('\0')[0];
return await StackmetaProgram.RunAsync(
    HaproxyCommand.Led(called, args),
    Console.Out,
    Console.Error,
    CancellationToken.None
);
