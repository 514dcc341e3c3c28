// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation

/// The report's one script: it draws what is not wrong when it is asked for. The page's policy allows it by its hash and
/// nothing else; everything it writes goes in as text, so that nothing of the run can become markup.
enum ReportScript {
    /// Id of the data block that ``ReportData`` fills.
    static let block = "record"

    static let js: StaticString = #"""
        'use strict';(function(){
        var data=null,SVG='http://www.w3.org/2000/svg';
        function record(){if(!data){data=JSON.parse(document.getElementById('record').textContent)}return data}
        function text(i){return i===null||i===undefined?'':record().texts[i]}
        function make(parent,name,attributes,content,space){
          var e=space?document.createElementNS(space,name):document.createElement(name);
          for(var k in attributes||{}){if(attributes[k]!==null){e.setAttribute(k,attributes[k])}}
          if(content!==undefined){e.textContent=content}
          if(parent){parent.appendChild(e)}return e}
        function cut(t,n){return t.length<=n?t:t.slice(0,n-1)+'…'}
        function message(body,title,head,lines,content,note){
          make(body,'div',{'class':'soft'},title);
          make(body,'pre',{},[head].concat(lines.map(text)).join('\n'));
          if(content!==null){make(body,'pre',{},text(content))}
          if(note!==null){make(body,'div',{'class':'soft'},text(note))}}
        var fields=['id','seq','from','to','method','url','status','time','fault','asked','requestHeaders','requestBody',
          'requestNote','answered','answerHeaders','answerBody','answerNote'];
        function named(row){var x={};fields.forEach(function(n,i){x[n]=row[i]});return x}
        function exchange(parent,x){
          var d=make(parent,'details',{'class':'exchange','id':'x-'+text(x.id)}),s=make(d,'summary',{});
          make(s,'span',{'class':'soft'},'#'+x.seq+' ');
          s.appendChild(document.createTextNode(text(x.from)+' → '+text(x.to)+' '));
          make(s,'code',{},text(x.method)+' '+cut(text(x.url),140));
          s.appendChild(document.createTextNode(' '+(x.status===null?'no answer':x.status)));
          if(x.time!==null){make(s,'span',{'class':'soft'},' '+text(x.time)+' s')}
          if(x.fault!==null){make(s,'span',{'class':'soft'},' fault: '+text(x.fault))}
          d.addEventListener('toggle',function(){
            if(!d.open||d.lastChild!==s){return}
            var b=make(d,'div',{'class':'body'});
            message(b,'Request, event #'+x.seq+', '+x.asked,text(x.method)+' '+text(x.url),x.requestHeaders,x.requestBody,x.requestNote);
            if(x.answered!==null){message(b,'Answer, event #'+x.answered[0]+', '+x.answered[1],'status '+x.status,x.answerHeaders,x.answerBody,x.answerNote)}
          });return d}
        function diagram(parent,s){
          var lanes=s.lanes,wide=Math.max(112,Math.min(168,Math.floor(1090/Math.max(1,lanes.length)))),high=27,top=34,edge=16;
          var width=lanes.length*wide+2*edge,height=top+s.rows.length*high+12;
          var box=make(parent,'div',{'class':'scroll','tabindex':'0','role':'region','aria-label':'Sequence diagram: '+s.title});
          var svg=make(box,'svg',{'width':width,'height':height,'viewBox':'0 0 '+width+' '+height,'role':'group',
            'aria-label':'Sequence diagram of '+s.title+'; the messages below hold the same in text'},undefined,SVG);
          function put(p,n,a,t){return make(p,n,a,t,SVG)}
          function middle(i){return edge+i*wide+wide/2}
          lanes.forEach(function(lane,i){var c=middle(i);
            put(svg,'line',{'class':'lane','x1':c,'y1':28,'x2':c,'y2':height-4});
            put(svg,'rect',{'class':'head','x':c-52,'y':4,'width':104,'height':22,'rx':5});
            put(svg,'text',{'x':c,'y':19,'text-anchor':'middle'},cut(text(lane).replace(/^actor:/,''),15))});
          s.rows.forEach(function(row,i){var y=top+i*high;
            if(row[0]==='s'){var l=y+high-6;
              put(svg,'line',{'class':'rule','x1':4,'y1':l,'x2':width-4,'y2':l});
              put(svg,'text',{'class':'step','x':8,'y':l-5},cut(text(row[1]),Math.max(40,Math.floor(width/7))));return}
            if(row[0]==='x'){var x=named(s.exchanges[row[1]]),a=middle(row[2]),b=middle(row[3]),line=y+high-9,dir=b>=a?1:-1,tip=b-dir*7;
              var g=put(svg,'a',{'href':'#x-'+text(x.id)}),status=x.status===null?'no answer':x.status;
              put(g,'title',{},'#'+x.seq+' '+text(x.from)+' → '+text(x.to)+': '+text(x.method)+' '+text(x.url)+' '+status);
              var label=text(x.method)+' '+place(text(x.url),Math.max(18,Math.floor(Math.abs(b-a)/7)-2)-8)+' '+status;
              if(a===b){put(g,'text',{'x':a+8,'y':line},label);return}
              put(g,'line',{'class':'arrow','x1':a,'y1':line,'x2':tip,'y2':line});
              put(g,'path',{'class':'tip','d':'M'+b+' '+line+'L'+tip+' '+(line-4)+'L'+tip+' '+(line+4)+'Z'});
              put(g,'text',{'x':(a+b)/2,'y':line-4,'text-anchor':'middle'},label);return}
            var c=middle(row[2]),m=y+high-12,last=row[2]===lanes.length-1&&lanes.length>1,e=put(svg,'g',{});
            put(e,'title',{},'#'+row[1]+' '+text(row[4]));
            put(e,'circle',{'class':'mark','cx':c,'cy':m,'r':4});
            put(e,'text',{'x':last?c-9:c+9,'y':m+4,'text-anchor':last?'end':'start'},text(row[3]))});
          if(s.hidden>0){make(parent,'p',{'class':'soft'},s.hidden+' later rows are not drawn.')}}
        function place(url,room){
          var path=url.split(/[?#]/)[0].replace(/^[a-z]+:\/\/[^\/]*/,''),parts=path.split('/').filter(Boolean);
          var t=parts.pop()||'';
          while(parts.length){var p=parts.pop();if(p.length+t.length+1>room){t='…/'+t;break}t=p+'/'+t}
          return (t.charAt(0)==='…'?'':'/')+cut(t,Math.max(10,room))}
        function steps(parent,s){
          if(!s.steps.length){return}
          var d=make(parent,'details',{'class':'exchange'});
          make(d,'summary',{},s.steps.length+(s.steps.length===1?' step':' steps'));
          var t=make(make(d,'div',{'class':'body'}),'table',{});
          s.steps.forEach(function(row){var r=make(t,'tr',{});row.forEach(function(cell){make(r,'td',{},text(cell))})})}
        function fill(holder){
          if(holder.dataset.done){return}
          holder.dataset.done='1';
          var s=record().scenarios[holder.dataset.scenario];
          while(holder.firstChild){holder.removeChild(holder.firstChild)}
          if(s.rows.length){make(holder,'h3',{},'What happened');diagram(holder,s)}
          steps(holder,s);
          if(s.exchanges.length){make(holder,'h3',{},'Messages ('+s.exchanges.length+')')}
          s.exchanges.map(named).forEach(function(x){if(!document.getElementById('x-'+text(x.id))){exchange(holder,x)}});
          var outer=holder.closest('details');
          if(outer){outer.querySelectorAll('a[data-x]').forEach(function(a){a.setAttribute('href','#x-'+a.getAttribute('data-x'))})}
          if(s.untold>0){make(holder,'p',{'class':'soft'},s.untold+' later exchanges stand in the trace only.')}}
        function show(){
          var id=decodeURIComponent(location.hash.slice(1)),target=id&&document.getElementById(id);
          if(!target){return}
          for(var e=target;e;e=e.parentElement){if(e.tagName==='DETAILS'){e.open=true}}
          target.scrollIntoView()}
        document.querySelectorAll('[data-scenario]').forEach(function(holder){
          var outer=holder.closest('details');
          if(!outer||outer.open){fill(holder);return}
          outer.addEventListener('toggle',function(){if(outer.open){fill(holder)}})});
        window.addEventListener('hashchange',show);show();
        window.addEventListener('beforeprint',function(){document.querySelectorAll('details[open] [data-scenario]').forEach(fill)});
        })();
        """#

    /// `'sha256-…'` of the script.
    static let hash: String = {
        let digest = SHA256.hash(data: Data("\(js)".utf8))
        return "'sha256-\(Data(digest).base64EncodedString())'"
    }()
}
