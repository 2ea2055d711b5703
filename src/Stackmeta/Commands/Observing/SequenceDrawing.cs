using System.Text;
using Stackmeta.Admin;

namespace Stackmeta;

/// <summary>A request as the messages between those whom it passed, one line each, with the milliseconds since it arrived.</summary>
static class SequenceDrawing
{
    public const int Width = 80;

    /// <summary>Room for the time at the end of a line.</summary>
    const int TimeWidth = 11;

    /// <summary>So many lifelines leave room for their names.</summary>
    const int MostLines = 7;

    public static IEnumerable<string> Draw(TracedRequest request)
    {
        yield return Cut($"{request.Method} {request.Target}");
        yield return Cut($"{request.RequestId}  {request.ShownStatus} {request.Reason}".TrimEnd());
        yield return Cut(
            $"guest {request.Address ?? "not known"} of {request.Scope ?? "network"} {request.ScopeId ?? "not known"}"
        );
        yield return Cut($"instance {request.InstanceId ?? "not known"}");
        yield return "";

        var names = Lifelines(request);
        var gap = (Width - TimeWidth) / names.Count;
        yield return string.Concat(names.Select(name => Short(name, gap - 1).PadRight(gap))).TrimEnd();
        foreach (var message in Messages(request, names))
        {
            yield return Row(names.Count, gap, message);
        }
        yield return "";
    }

    static List<string> Lifelines(TracedRequest request) =>
        ["guest", .. request.Steps.Select(static step => step.Name).Distinct().Take(MostLines - 1)];

    /// <summary>
    /// Each step is called when it begins and answers when it ends. What happens at once happens from the outside in, and back.
    /// </summary>
    static List<Message> Messages(TracedRequest request, List<string> names)
    {
        var messages = new List<Message>();
        var open = new Stack<(int Line, double Ends)>();
        open.Push((0, double.MaxValue));
        foreach (var step in request.Steps)
        {
            var line = names.IndexOf(step.Name);
            if (line < 0)
            {
                continue;
            }
            while (open.Count > step.Depth + 1)
            {
                Return();
            }
            messages.Add(new(open.Peek().Line, line, step.Began, false));
            open.Push((line, step.Began + step.Milliseconds));
        }
        while (open.Count > 1)
        {
            Return();
        }
        return messages;

        void Return()
        {
            var (line, ends) = open.Pop();
            messages.Add(new(line, open.Peek().Line, ends, true));
        }
    }

    static string Row(int lines, int gap, Message message)
    {
        var row = new StringBuilder(new string(' ', lines * gap));
        for (var i = 0; i < lines; i++)
        {
            row[At(i, gap)] = '│';
        }
        var (from, to) = (At(message.From, gap), At(message.To, gap));
        if (from != to)
        {
            var (left, right) = (Math.Min(from, to), Math.Max(from, to));
            for (var i = left + 1; i < right; i++)
            {
                row[i] = message.IsAnswer ? '╌' : '─';
            }
            row[from] = from < to ? '├' : '┤';
            row[to < from ? to + 1 : to - 1] = to < from ? '◄' : '►';
        }
        var time = TracedRequest.Brief(message.At).PadLeft(TimeWidth - 3) + " ms";
        return row.ToString() + time;
    }

    static int At(int line, int gap) => (line * gap) + 2;

    static string Short(string name, int most) => name.Length <= most ? name : name[..most];

    static string Cut(string text) => text.Length <= Width ? text : text[..(Width - 1)] + "…";

    readonly record struct Message(int From, int To, double At, bool IsAnswer);
}
