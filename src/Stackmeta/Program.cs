using Stackmeta;

return await StackmetaProgram.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
