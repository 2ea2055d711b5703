using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Stackmeta;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">One sentence; it also stands in the parent's list.</param>
/// <param name="examples">Whole command lines, one a line.</param>
sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Makes the help of a root command show the examples of the commands below it.</summary>
    public static void ShowIn(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }

    sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            if (parseResult.CommandResult.Command is ExampleCommand { Examples.Count: > 0 } command)
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
                foreach (var example in command.Examples)
                {
                    output.WriteLine($"  {example}");
                }
                output.WriteLine();
            }
            return code;
        }
    }

    /// <summary>Whole command lines, in the order in which help and manual show them.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
